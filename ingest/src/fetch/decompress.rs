//! Opens a compressed body within a bound.
//!
//! The HTTP client would do this by itself, but then a bomb is noticed only by its size: here the ratio counts too.

use super::FetchError;
use std::io::{Cursor, Read};

/// What we can open, for `Accept-Encoding`.
pub(super) const ACCEPTED: &str = "gzip, br, zstd, deflate";

/// Text shrinks 3 to 10 times, a page of nothing but blanks some 1,000 times.
const MAX_RATIO: usize = 100;
/// Below this no ratio is too much: tiny generated pages repeat themselves.
const ALWAYS_ALLOWED: usize = 64 * 1024;
/// zstd window of at most 8 MiB, as RFC 9659 demands of the web.
const ZSTD_WINDOW_LOG: u32 = 23;

/// The body as it was before `encodings` (the `Content-Encoding` header) were applied, at most `limit` bytes.
pub(super) fn decompress(body: Vec<u8>, encodings: &str, limit: usize) -> Result<Vec<u8>, FetchError> {
    let mut body = body;
    // Listed in the order applied, so they are undone from the last. Two are unusual, more are an attack.
    let encodings: Vec<_> = encodings
        .split(',')
        .map(str::trim)
        .filter(|e| !e.is_empty())
        .collect();
    if encodings.len() > 2 {
        return Err(FetchError::Encoding);
    }
    for encoding in encodings.into_iter().rev() {
        body = match encoding.to_ascii_lowercase().as_str() {
            "identity" => body,
            "gzip" | "x-gzip" => bounded(
                flate2::read::MultiGzDecoder::new(body.as_slice()),
                body.len(),
                limit,
            )?,
            // "deflate" means zlib, but some servers send the bare stream.
            "deflate" => bounded(flate2::read::ZlibDecoder::new(body.as_slice()), body.len(), limit)
                .or_else(|_| {
                    bounded(
                        flate2::read::DeflateDecoder::new(body.as_slice()),
                        body.len(),
                        limit,
                    )
                })?,
            "br" => bounded(
                brotli_decompressor::Decompressor::new(body.as_slice(), 4096),
                body.len(),
                limit,
            )?,
            "zstd" => {
                let mut decoder =
                    zstd::stream::read::Decoder::new(Cursor::new(&body)).map_err(|_| FetchError::Encoding)?;
                decoder
                    .window_log_max(ZSTD_WINDOW_LOG)
                    .map_err(|_| FetchError::Encoding)?;
                bounded(decoder, body.len(), limit)?
            }
            _ => return Err(FetchError::Encoding),
        };
    }
    Ok(body)
}

fn bounded(reader: impl Read, compressed: usize, limit: usize) -> Result<Vec<u8>, FetchError> {
    let by_ratio = compressed.saturating_mul(MAX_RATIO).max(ALWAYS_ALLOWED);
    let bound = by_ratio.min(limit);
    let mut out = Vec::new();
    let read = reader.take(bound as u64 + 1).read_to_end(&mut out);
    match read {
        _ if out.len() > bound && bound == limit => Err(FetchError::TooLarge { limit }),
        _ if out.len() > bound => Err(FetchError::Encoding),
        Ok(_) => Ok(out),
        Err(_) => Err(FetchError::Encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).expect("write");
        encoder.finish().expect("finish")
    }

    #[test]
    fn opens_what_is_within_the_bound() {
        let text = "今日市区多云转晴".repeat(50);
        assert_eq!(
            decompress(gzip(text.as_bytes()), "gzip", 10_000),
            Ok(text.clone().into_bytes())
        );
        assert_eq!(
            decompress(gzip(&gzip(text.as_bytes())), "gzip, gzip", 10_000),
            Ok(text.clone().into_bytes())
        );
        let zstd = zstd::encode_all(text.as_bytes(), 3).expect("zstd");
        assert_eq!(decompress(zstd, "zstd", 10_000), Ok(text.into_bytes()));
    }

    /// A brotli stream that holds `data` as it is.
    fn brotli(data: &[u8]) -> Vec<u8> {
        let mut stream = Vec::new();
        for part in data.chunks(1 << 16) {
            // Window bits (first only), not last, four nibbles of length, uncompressed; see RFC 7932 §9.
            let length = (part.len() - 1) as u32;
            let bits: u32 = length << 4 | 1 << 20;
            assert!(stream.is_empty(), "one part is enough here");
            stream.extend_from_slice(&bits.to_le_bytes()[..3]);
            stream.extend_from_slice(part);
        }
        stream.push(3);
        stream
    }

    #[test]
    fn brotli_and_zstd_are_bound_like_gzip() {
        let text = "今日市区多云转晴".repeat(50);
        let packed = brotli(text.as_bytes());
        assert_eq!(decompress(packed.clone(), "br", 10_000), Ok(text.into_bytes()));
        assert_eq!(
            decompress(packed, "br", 100),
            Err(FetchError::TooLarge { limit: 100 })
        );
        let bomb = zstd::encode_all(vec![b' '; 20_000_000].as_slice(), 3).expect("zstd");
        assert_eq!(decompress(bomb, "zstd", 100_000_000), Err(FetchError::Encoding));
    }

    #[test]
    fn a_bomb_is_refused_by_ratio_and_by_size() {
        let bomb = gzip(&vec![b' '; 2_000_000]);
        assert_eq!(
            decompress(bomb.clone(), "gzip", 10_000_000),
            Err(FetchError::Encoding)
        );
        assert_eq!(
            decompress(bomb, "gzip", 10_000),
            Err(FetchError::TooLarge { limit: 10_000 })
        );
    }

    #[test]
    fn broken_or_unknown_compression_is_an_error() {
        for encoding in ["gzip", "br", "zstd", "deflate", "compress", "gzip, gzip, gzip"] {
            assert_eq!(
                decompress(b"plain text".to_vec(), encoding, 100),
                Err(FetchError::Encoding),
                "{encoding}"
            );
        }
    }
}
