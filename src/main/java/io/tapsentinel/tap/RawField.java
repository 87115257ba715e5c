package io.tapsentinel.tap;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A field that is not standard JSON, or nests too deep for a route, as it stands in an identity. Lenient reading makes the same text of different bytes, but two events
 * must not count as one for that.
 *
 * @param digest of its bytes, see {@link TokenDigest}
 */
record RawField(String digest) {

    /** An event's fields as they stand in its identity, in live spelling. */
    static Map<String, Object> identity(LenientJson.Fields read) {
        if (read.lenient().isEmpty()) {
            LiveSpelling.fold(read.fields());
            return read.fields();
        }
        Map<String, Object> identity = new LinkedHashMap<>(read.fields());
        read.lenient().forEach((name, bytes) -> {
            if (EventIdentity.isThere(read.fields(), name)) {
                identity.put(name, of(bytes));
            }
        });
        LiveSpelling.fold(identity);
        return identity;
    }

    private static RawField of(byte[] json) {
        return new RawField(HexFormat.of().formatHex(TokenDigest.of(json)));
    }

    /** What is digested of it. */
    byte[] bytes() {
        return ("\u00FF" + digest).getBytes(StandardCharsets.ISO_8859_1);
    }
}
