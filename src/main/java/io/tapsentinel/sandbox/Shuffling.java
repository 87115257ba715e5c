package io.tapsentinel.sandbox;

import java.util.SplittableRandom;

/** Fisher-Yates on a SplittableRandom, which {@code Collections.shuffle} does not take on Java 17. */
final class Shuffling {

    private Shuffling() {}

    static <T> T[] shuffle(T[] items, SplittableRandom random) {
        for (int at = items.length - 1; at > 0; at--) {
            int other = random.nextInt(at + 1);
            T item = items[at];
            items[at] = items[other];
            items[other] = item;
        }
        return items;
    }

    /** The numbers 0 to {@code count - 1} in random order. */
    static int[] order(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int at = 1; at < count; at++) {
            int other = random.nextInt(at + 1);
            order[at] = order[other];
            order[other] = at;
        }
        return order;
    }
}
