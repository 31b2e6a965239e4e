"""Answers whose body is not what was asked for: cut, of another file, of another place, coded, in lying chunks."""

from __future__ import annotations

import gzip

from answers import Answer, Question, break_off, status_of


def cut(question: Question) -> None:
    question.head(status_of(question), len(question.data) - question.start)
    question.send(question.some())


def reset(question: Question) -> None:
    cut(question)
    break_off(question)


def reset_at_once(question: Question) -> None:
    break_off(question)


def closed_at_once(question: Question) -> None:
    pass


def wrong_bytes(question: Question) -> None:
    question.head(status_of(question), len(question.data) - question.start)
    question.send(question.chance.randbytes(len(question.data) - question.start))


def one_bit_off(question: Question) -> None:
    rest = bytearray(question.data[question.start :])
    if rest:
        rest[question.chance.randrange(len(rest))] ^= 1
    question.head(status_of(question), len(rest))
    question.send(rest)


def changed_file(question: Question) -> None:
    """Another file of the same length, cut: what comes next does not belong to it."""
    question.head(status_of(question), len(question.data) - question.start)
    question.send(bytes(255 - value for value in question.some()))


def too_long(question: Question) -> None:
    question.head(status_of(question), len(question.data) - question.start + 999)
    question.send(question.data[question.start :] + b"x" * 999)


def endless(question: Question) -> None:
    question.head(status_of(question))
    for _ in range(200):
        question.send(b"x" * 4096)


def no_length(question: Question) -> None:
    question.head(status_of(question))
    question.send(question.data[question.start :])


def no_length_cut(question: Question) -> None:
    question.head(status_of(question))
    question.send(question.some())


def lying_length(question: Question) -> None:
    lies = (0, 1, -1, 10**30, "", "x", "1, 2", "0x10", "+5", len(question.data) // 2)
    question.head(status_of(question), question.chance.choice(lies))
    question.send(question.data[question.start :])


def two_lengths(question: Question) -> None:
    question.head(status_of(question), len(question.data), "Content-Length: 3")
    question.send(question.data[question.start :])


def range_ignored(question: Question) -> None:
    question.head("200 OK", len(question.data))
    question.send(question.data)


def range_ignored_cut(question: Question) -> None:
    question.head("200 OK", len(question.data))
    question.send(question.data[: question.chance.randint(0, len(question.data))])


def whole_called_partial(question: Question) -> None:
    question.head("206 Partial Content", len(question.data))
    question.send(question.data)


def range_lies(question: Question) -> None:
    """206 with the bytes of another place."""
    start = question.chance.randint(0, len(question.data))
    rest = question.data[start:]
    place = f"Content-Range: bytes {start}-{len(question.data) - 1}/{len(question.data)}"
    question.head("206 Partial Content", len(rest), place)
    question.send(rest)


def range_garbage(question: Question) -> None:
    place = question.chance.choice(("bytes */*", "bytes 9-1/5", "x", "", "bytes -1--1/-1"))
    question.head("206 Partial Content", len(question.data) - question.start, f"Content-Range: {place}")
    question.send(question.data[question.start :])


def part_of_another(question: Question) -> None:
    rest = question.chance.randbytes(max(1, len(question.data) - question.start))
    question.head("206 Partial Content", len(rest))
    question.send(rest)


def multipart(question: Question) -> None:
    body = b"--b\r\nContent-Range: bytes 0-3/9\r\n\r\nabcd\r\n--b--\r\n"
    question.head("206 Partial Content", len(body), "Content-Type: multipart/byteranges; boundary=b")
    question.send(body)


def gzipped(question: Question) -> None:
    body = gzip.compress(question.data)
    question.head("200 OK", len(body), "Content-Encoding: gzip")
    question.send(body)


def gzipped_in_secret(question: Question) -> None:
    body = gzip.compress(question.data)
    question.head("200 OK", len(body))
    question.send(body)


def encoding_lies(question: Question) -> None:
    encoding = question.chance.choice(("gzip", "br", "deflate", "zstd", "x", "identity, gzip", "compress"))
    question.head(status_of(question), len(question.data) - question.start, f"Content-Encoding: {encoding}")
    question.send(question.data[question.start :])


def chunked(question: Question) -> None:
    """Honest chunks."""
    question.head(status_of(question), None, "Transfer-Encoding: chunked")
    rest = question.data[question.start :]
    for place in range(0, len(rest), 5000):
        piece = rest[place : place + 5000]
        question.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    question.send(b"0\r\n\r\n")


def chunked_cut(question: Question) -> None:
    piece = question.some()
    question.head(status_of(question), None, "Transfer-Encoding: chunked")
    question.send(f"{len(piece) + 9:x}\r\n".encode() + piece)


def chunked_lies(question: Question) -> None:
    size = question.chance.choice((b"zz", b"-5", b"", b"ffffffffffffffffffff", b"5;" + b"x" * 99_999, b"1"))
    question.head(status_of(question), None, "Transfer-Encoding: chunked")
    question.send(size + b"\r\n" + question.data[:50] + b"\r\n0\r\n\r\n")


def chunked_with_length(question: Question) -> None:
    question.head(status_of(question), 3, "Transfer-Encoding: chunked")
    question.send(b"4\r\nabcd\r\n0\r\n\r\n")


def chunked_gzip(question: Question) -> None:
    body = gzip.compress(question.data)
    question.head("200 OK", None, "Transfer-Encoding: chunked", "Content-Encoding: gzip")
    question.send(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")


def transfer_lies(question: Question) -> None:
    question.head(
        status_of(question), None, f"Transfer-Encoding: {question.chance.choice(('gzip', 'x', 'chunked, x'))}"
    )
    question.send(question.data[question.start :])


BAD: tuple[Answer, ...] = (
    *(cut, reset, reset_at_once, closed_at_once, wrong_bytes, one_bit_off, changed_file, too_long, endless),
    *(no_length, no_length_cut, lying_length, two_lengths, range_ignored, range_ignored_cut, whole_called_partial),
    *(range_lies, range_garbage, part_of_another, multipart, gzipped, gzipped_in_secret, encoding_lies),
    *(chunked, chunked_cut, chunked_lies, chunked_with_length, chunked_gzip, transfer_lies),
)
