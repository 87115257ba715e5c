package io.tapsentinel.tap.answer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds where JSON values begin and end in a stream of UTF-8, without judging what stands in them: strings end at a quote without
 * a backslash before it, and brackets match by kind. It never looks for a place to go on from, since the content of a string could
 * be one. Holds at most {@link #MOST} bytes of a value. Not for concurrent use.
 */
final class JsonScanner {

    /** Bytes of the longest value that is held; more than forty times a large event. */
    static final int MOST = 4_000_000;

    private static final int END = -1;

    private final InputStream in;
    private final byte[] buffer = new byte[32_768];
    private int at;
    private int end;
    /** Offset of the first byte in the buffer. */
    private long start;

    private byte[] held = new byte[8_192];
    private int holds;
    private long parts;

    JsonScanner(InputStream utf8) {
        this.in = utf8;
    }

    /** How many bytes lie before the next one. */
    long offset() {
        return start + at;
    }

    /** The next byte that is no white space, which stays; negative at the end. */
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

    /** Passes this byte if it is the next one. */
    boolean take(char wanted) throws IOException {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    /** @throws TapAnswerException when another byte comes next */
    void require(char wanted) throws IOException {
        if (!take(wanted)) {
            throw outOfStep();
        }
    }

    /**
     * Passes one value.
     *
     * @throws TapAnswerException when there is none, or the stream ends inside it, or its brackets do not match
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
                    // outside a string it means that a quote is missing or one too many
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

    /** Keeps what was passed since {@code from}, as far as there is room; returns how many bytes that were. */
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
