package io.tapsentinel.tap.answer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Splits a UTF-8 stream into JSON values without validating their content. A string ends at an unescaped quote;
 * brackets must match by kind. After an error it never searches for a place to continue, since text in a string could
 * look like one. Holds at most {@link #MOST} bytes of a value. Not for concurrent use.
 */
final class JsonScanner {

    /** Longest value to hold, in bytes; more than forty times a large event. */
    static final int MOST = 4_000_000;

    private static final int END = -1;

    private final InputStream in;
    private final byte[] buffer = new byte[32_768];
    private int at;
    private int end;
    /** Offset of the buffer's first byte. */
    private long start;

    private byte[] held = new byte[8_192];
    private int holds;
    private long parts;

    JsonScanner(InputStream utf8) {
        this.in = utf8;
    }

    /** Bytes before the next one. */
    long offset() {
        return start + at;
    }

    /** The next byte that is not white space, without consuming it; negative at the end. */
    int peek() throws IOException {
        while (at < end || fill()) {
            int next = buffer[at] & 0xFF;
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next;
            }
            at++;
        }
        return END;
    }

    /** Consumes the next byte if it is this one. */
    boolean take(char wanted) throws IOException {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    /** @throws TapAnswerException when the next byte is another one */
    void require(char wanted) throws IOException {
        if (!take(wanted)) {
            throw outOfStep();
        }
    }

    /**
     * Reads one value.
     *
     * @throws TapAnswerException when there is none, the stream ends inside it, or its brackets do not match
     */
    JsonValue value() throws IOException {
        int first = peek();
        long offset = offset();
        holds = 0;
        parts = 0;
        long length = switch (first) {
            case '{', '[' -> brackets();
            case '"' -> string();
            default -> literal();
        };
        return new JsonValue(offset, Arrays.copyOf(held, holds), length, parts);
    }

    private long brackets() throws IOException {
        BitSet curly = new BitSet();
        int depth = 0;
        long length = 0;
        do {
            int from = at;
            while (at < end) {
                byte next = buffer[at];
                if (next == '"') {
                    break;
                }
                if (next == '\\') {
                    // a backslash outside a string: there is a quote too many or too few
                    throw outOfStep();
                }
                at++;
                if (next == ',') {
                    parts++;
                } else if (next == '{' || next == '[') {
                    parts++;
                    if (depth == MOST) {
                        throw outOfStep();
                    }
                    curly.set(depth++, next == '{');
                } else if (next == '}' || next == ']') {
                    if (curly.get(--depth) != (next == '}')) {
                        at--;
                        throw outOfStep();
                    }
                    if (depth == 0) {
                        break;
                    }
                }
            }
            length += hold(from);
            if (depth == 0) {
                return length;
            }
            if (at < end) {
                length += string();
            }
        } while (at < end || fill());
        throw outOfStep();
    }

    private long string() throws IOException {
        long length = 0;
        boolean escaped = false;
        int from = at;
        at++;
        while (true) {
            while (at < end) {
                byte next = buffer[at++];
                if (escaped) {
                    escaped = false;
                } else if (next == '\\') {
                    escaped = true;
                } else if (next == '"') {
                    return length + hold(from);
                }
            }
            length += hold(from);
            if (!fill()) {
                throw outOfStep();
            }
            from = at;
        }
    }

    private long literal() throws IOException {
        long length = 0;
        do {
            int from = at;
            while (at < end && ",:[]{}\\\" \n\r\t".indexOf(buffer[at]) < 0) {
                at++;
            }
            length += hold(from);
        } while (at == end && fill());
        if (length == 0) {
            throw outOfStep();
        }
        return length;
    }

    /**
     * Keeps the bytes consumed since {@code from}, up to the limit.
     *
     * @return how many were consumed
     */
    private int hold(int from) {
        int length = at - from;
        int more = Math.min(length, MOST - holds);
        if (holds + more > held.length) {
            held = Arrays.copyOf(held, Math.min(MOST, Math.max(holds + more, 2 * held.length)));
        }
        System.arraycopy(buffer, from, held, holds, more);
        holds += more;
        return length;
    }

    private boolean fill() throws IOException {
        start += end;
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    TapAnswerException outOfStep() {
        return new TapAnswerException("TAP's answer is cut or not JSON at byte " + offset());
    }
}
