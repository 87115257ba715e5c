package io.tapsentinel.event;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Identifies JSON that cannot be parsed, or only leniently. */
public final class TokenDigest {

    private static final String STRUCTURE = "{}[],: \n\r\t";

    /** A SHA-256 has four lanes of 64 bits. */
    private static final int LANES = 4;

    private TokenDigest() {}

    /**
     * The lane-wise sum of the SHA-256 of all strings, numbers and words, and the number of lists and objects. Independent of order, since
     * TAP shuffles parts from one answer to the next.
     */
    public static byte[] of(byte[] json) {
        MessageDigest sha = EventIdentity.sha256();
        long[] sum = new long[LANES + 2];
        for (int at = 0; at < json.length; ) {
            int end = at + 1;
            if (json[at] == '"') {
                while (end < json.length && json[end] != '"') {
                    end += json[end] == '\\' ? 2 : 1;
                }
                end = Math.min(end + 1, json.length);
            } else if (STRUCTURE.indexOf(json[at]) < 0) {
                while (end < json.length && json[end] != '"' && STRUCTURE.indexOf(json[end]) < 0) {
                    end++;
                }
            } else {
                sum[LANES] += json[at] == '[' ? 1 : 0;
                sum[LANES + 1] += json[at] == '{' ? 1 : 0;
                at = end;
                continue;
            }
            sha.update(json, at, end - at);
            ByteBuffer token = ByteBuffer.wrap(sha.digest());
            for (int lane = 0; lane < LANES; lane++) {
                sum[lane] += token.getLong();
            }
            at = end;
        }
        ByteBuffer digest = ByteBuffer.allocate(sum.length * Long.BYTES);
        for (long lane : sum) {
            digest.putLong(lane);
        }
        return digest.array();
    }
}
