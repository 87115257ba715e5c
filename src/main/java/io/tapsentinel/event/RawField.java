package io.tapsentinel.event;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A field that is not standard JSON, or nests too deep for a route, as it stands in an identity. Lenient reading makes the same text of different bytes, but two events
 * must not count as one for that.
 *
 * @param digest of its bytes, see {@link TokenDigest}
 */
public record RawField(String digest) {

    /** @param json its bytes */
    public static RawField of(byte[] json) {
        return new RawField(HexFormat.of().formatHex(TokenDigest.of(json)));
    }

    /** What is digested of it. */
    byte[] bytes() {
        return ("\u00FF" + digest).getBytes(StandardCharsets.ISO_8859_1);
    }
}
