package io.tapsentinel.sentinel.schema;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A number as an int column holds it.
 *
 * @param value   the number, rounded half up
 * @param rounded whether rounding changed it
 */
record KustoInt(int value, boolean rounded) {

    /** Far beyond any spelling of an int; digits of longer text are not even looked at. */
    private static final int MAX_TEXT = 64;
    private static final int INT_DIGITS = 10;

    /** The number or numeric text as an int, or null when it is neither or out of an int's range. */
    static KustoInt of(Object plain) {
        if (plain instanceof Integer number) {
            return new KustoInt(number, false);
        }
        BigDecimal exact = exact(plain);
        if (exact == null) {
            return null;
        }
        if (exact.signum() == 0) {
            return new KustoInt(0, false);
        }
        // rounding 1E+999999999 would write out all its digits
        long integerDigits = (long) exact.precision() - exact.scale();
        if (integerDigits > INT_DIGITS) {
            return null;
        }
        BigDecimal rounded = integerDigits < 0 ? BigDecimal.ZERO : exact.setScale(0, RoundingMode.HALF_UP);
        long value = rounded.longValue();
        return value == (int) value ? new KustoInt((int) value, rounded.compareTo(exact) != 0) : null;
    }

    private static BigDecimal exact(Object plain) {
        if (plain instanceof BigDecimal number) {
            return number;
        }
        if (!(plain instanceof Number || plain instanceof String)) {
            return null;
        }
        String text = plain.toString().strip();
        try {
            return text.length() > MAX_TEXT ? null : new BigDecimal(text);
        } catch (NumberFormatException notDecimal) {
            return null;
        }
    }
}
