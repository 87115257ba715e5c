package io.tapsentinel.sentinel.schema;

import io.tapsentinel.sentinel.schema.JsonValues.TooLarge;
import io.tapsentinel.tap.TapTime;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes a value in the type of its column, since Azure Monitor turns one of another type into null without an error. */
final class ColumnValues {

    private static final Instant YEAR_1 = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");
    /** A nested value in a string column is written out before it is cut; past this it is lost. */
    private static final int MAX_NESTED_TEXT = 16 << 20;

    private ColumnValues() {
    }

    /** How a value got into its column; after the last two the buffer holds nothing of use. */
    enum Fit { EXACT, ROUNDED, CAPPED, NULL, LOST }

    /** Appends the value, which must be plain and not null, see {@link PlainValues}. */
    static Fit write(JsonBuffer out, Column column, Object plain) {
        return switch (column.type()) {
            case STRING -> string(out, plain);
            case INT -> integer(out, plain);
            case DATETIME -> datetime(out, plain);
            case BOOLEAN -> bool(out, plain);
            case DYNAMIC -> dynamic(out, plain, column.list());
        };
    }

    private static Fit string(JsonBuffer out, Object plain) {
        if (!(plain instanceof Map || plain instanceof Collection)) {
            return capped(ValueCap.string(out, plain.toString()));
        }
        int start = out.size();
        try {
            JsonValues.write(out, plain, start + MAX_NESTED_TEXT);
        } catch (TooLarge e) {
            return Fit.LOST;
        }
        String text = out.textFrom(start);
        out.truncate(start);
        return capped(ValueCap.string(out, text));
    }

    private static Fit integer(JsonBuffer out, Object plain) {
        KustoInt number = KustoInt.of(plain);
        if (number == null) {
            return Fit.LOST;
        }
        out.raw(Integer.toString(number.value()));
        return number.rounded() ? Fit.ROUNDED : Fit.EXACT;
    }

    private static Fit datetime(JsonBuffer out, Object plain) {
        Instant instant = TapTime.parse(plain).orElse(null);
        if (instant == null || instant.isBefore(YEAR_1) || !instant.isBefore(YEAR_10000)) {
            return Fit.LOST;
        }
        out.string(instant.toString());
        return Fit.EXACT;
    }

    private static Fit bool(JsonBuffer out, Object plain) {
        if (!(plain instanceof Boolean || plain instanceof String)) {
            return Fit.LOST;
        }
        String text = plain.toString().strip();
        if (text.isEmpty() || text.equalsIgnoreCase("na")) {
            return Fit.NULL;
        }
        boolean truth = text.equalsIgnoreCase("true");
        if (!truth && !text.equalsIgnoreCase("false")) {
            return Fit.LOST;
        }
        out.raw(Boolean.toString(truth));
        return Fit.EXACT;
    }

    private static Fit dynamic(JsonBuffer out, Object plain, boolean list) {
        if (plain instanceof String text) {
            return capped(list ? ValueCap.array(out, List.of(text), true) : ValueCap.string(out, text));
        }
        if (plain instanceof Collection<?> collection) {
            return capped(ValueCap.array(out, collection, list));
        }
        if (plain instanceof Map<?, ?> map) {
            return capped(ValueCap.object(out, map));
        }
        try {
            JsonValues.write(out, plain, out.size() + RecordMapper.MAX_VALUE_BYTES);
            return Fit.EXACT;
        } catch (TooLarge e) {
            // a number of more than 64 KB
            return Fit.LOST;
        }
    }

    private static Fit capped(boolean cut) {
        return cut ? Fit.CAPPED : Fit.EXACT;
    }
}
