package io.tapsentinel.tap.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * One mutation of a document.
 *
 * @param how      the kind
 * @param document the result
 * @param prefix   number of unchanged bytes at the start
 * @param suffix   number of unchanged bytes at the end; does not overlap the prefix
 */
public record Mutation(How how, byte[] document, int prefix, int suffix) {

    private static final byte[] STRUCTURE = "\"\"\"\\\\{{}}[[]],,:: \n'x0-/".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST = 400;

    public enum How {
        FLIP,
        OVERWRITE,
        INSERT,
        DELETE,
        DELETE_SLICE,
        SWAP,
        DUPLICATE_SLICE,
        MOVE_SLICE,
        TRUNCATE
    }

    /** A random mutation. */
    public static Mutation of(byte[] before, Random random) {
        How how = How.values()[random.nextInt(How.values().length)];
        int at = random.nextInt(before.length);
        int length = 1 + random.nextInt(Math.min(LONGEST, before.length - at));
        int to = random.nextInt(before.length);
        byte[] slice = Arrays.copyOfRange(before, at, at + length);
        byte structure = STRUCTURE[random.nextInt(STRUCTURE.length)];
        byte[] after = switch (how) {
            case FLIP -> replaced(before, at, at + 1, (byte) (before[at] ^ 1 << random.nextInt(8)));
            case OVERWRITE -> replaced(before, at, at + 1, structure);
            case INSERT -> replaced(before, at, at, random.nextInt(3) == 0 ? (byte) random.nextInt(256) : structure);
            case DELETE -> replaced(before, at, at + 1);
            case DELETE_SLICE -> replaced(before, at, at + length);
            case SWAP -> {
                byte[] swapped = replaced(before, at, at + 1, before[to]);
                swapped[to] = before[at];
                yield swapped;
            }
            case DUPLICATE_SLICE -> replaced(before, to, to, slice);
            case MOVE_SLICE -> {
                byte[] without = replaced(before, at, at + length);
                int into = Math.min(to, without.length);
                yield replaced(without, into, into, slice);
            }
            case TRUNCATE -> Arrays.copyOf(before, at);
        };
        int prefix = Arrays.mismatch(before, after);
        prefix = prefix < 0 ? before.length : prefix;
        int suffix = 0;
        int most = Math.min(before.length, after.length) - prefix;
        while (suffix < most && before[before.length - 1 - suffix] == after[after.length - 1 - suffix]) {
            suffix++;
        }
        return new Mutation(how, after, prefix, suffix);
    }

    private static byte[] replaced(byte[] before, int from, int to, byte... with) {
        ByteArrayOutputStream after = new ByteArrayOutputStream(before.length + with.length);
        after.write(before, 0, from);
        after.writeBytes(with);
        after.write(before, to, before.length - to);
        return after.toByteArray();
    }
}
