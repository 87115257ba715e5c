package io.tapsentinel.event;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A field that is not standard JSON, or is nested too deeply for a route, as part of an identity. Lenient reading can turn different bytes
 * into the same text; a digest of the bytes keeps such events apart.
 *
 * @param digest see {@link TokenDigest}
 */
public record RawField(String digest) {

    /** @param json the field's bytes */
    public static RawField of(byte[] json) {
        return new RawField(HexFormat.of().formatHex(TokenDigest.of(json)));
    }

    /** The bytes for {@link EventIdentity#bytes}. */
    byte[] bytes() {
        return ("\u00FF" + digest).getBytes(StandardCharsets.ISO_8859_1);
    }
}
