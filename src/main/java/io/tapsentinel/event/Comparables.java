package io.tapsentinel.event;

/** The lesser and the greater of two values, such as the earlier of two instants and the longer of two durations. */
public final class Comparables {

    private Comparables() {}

    /** The lesser one; the first when they are equal. */
    public static <T extends Comparable<? super T>> T min(T one, T other) {
        return other.compareTo(one) < 0 ? other : one;
    }

    /** The greater one; the first when they are equal. */
    public static <T extends Comparable<? super T>> T max(T one, T other) {
        return other.compareTo(one) > 0 ? other : one;
    }
}
