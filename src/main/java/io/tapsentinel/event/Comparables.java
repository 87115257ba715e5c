package io.tapsentinel.event;

/** Minimum and maximum of two comparable values, such as instants or durations. */
public final class Comparables {

    private Comparables() {}

    /** The smaller value; the first when they are equal. */
    public static <T extends Comparable<? super T>> T min(T one, T other) {
        return other.compareTo(one) < 0 ? other : one;
    }

    /** The larger value; the first when they are equal. */
    public static <T extends Comparable<? super T>> T max(T one, T other) {
        return other.compareTo(one) > 0 ? other : one;
    }
}
