package io.tapsentinel.sentinel.schema;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.event.SafeName;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts unknown fields and values that did not fit, as metric {@code tap_drift_total}, and logs each name once a day
 * (UTC), never a value. It keeps up to {@value #MAX_NAMES} names of each kind; further names count as {@value #OTHER}.
 * Names are shown as {@link SafeName}.
 */
public final class FieldReport implements MappingReport {

    /** Name that counts everything beyond {@value #MAX_NAMES} names. */
    public static final String OTHER = "other";

    static final int MAX_NAMES = 200;

    private static final Logger LOG = LoggerFactory.getLogger(FieldReport.class);
    private static final long MILLIS_PER_DAY = 86_400_000;

    private final Clock clock;
    private final boolean kept;
    private final MeterRegistry registry;
    private final Map<Field, Tally> unknown = new HashMap<>();
    private final Map<Field, Tally> lossy = new HashMap<>();

    /**
     * @param clock    for the current day
     * @param kept     whether {@link TableSchema#ADDITIONAL_FIELDS} is sent, for the log message
     * @param registry gets one counter for each kind, table and name
     */
    public FieldReport(Clock clock, boolean kept, MeterRegistry registry) {
        this.clock = clock;
        this.kept = kept;
        this.registry = registry;
    }

    /** @param name name of the field or column, or {@link #OTHER} */
    public record Field(String table, String name) {}

    @Override
    public void unknownField(String table, String field) {
        if (count("unknown-field", unknown, new Field(table, shown(field)))) {
            LOG.info(
                    "{}: no column for field {}; {} (logged once a day)",
                    table,
                    shown(field),
                    kept
                            ? "it is sent in AdditionalFields"
                            : "it is dropped. Set sentinel.additional-fields=true to keep it");
        }
    }

    @Override
    public void lossyValue(String table, String column) {
        if (count("value", lossy, new Field(table, shown(column)))) {
            LOG.info(
                    "{}: a value did not fit column {} and was changed or dropped{} (logged once a day)",
                    table,
                    shown(column),
                    kept
                            ? "; the original is sent in AdditionalFields"
                            : ". Set sentinel.additional-fields=true to keep the original");
        }
    }

    /** Occurrences of each unknown field since the start; a copy. */
    public Map<Field, Long> unknownFields() {
        return counts(unknown);
    }

    /** Values that did not fit since the start, for each column; a copy. */
    public Map<Field, Long> lossyValues() {
        return counts(lossy);
    }

    /** A name may be content. Up to 64 letters, digits and {@code _} suffice to find it in TAP's answer. */
    private static String shown(String name) {
        return SafeName.of(name).replaceAll("\\W", "_");
    }

    /** Counts one; returns whether to log the name. */
    private synchronized boolean count(String kind, Map<Field, Tally> tallies, Field field) {
        boolean roomFor = tallies.containsKey(field) || tallies.size() < MAX_NAMES;
        Tally tally =
                tallies.computeIfAbsent(roomFor ? field : new Field(field.table(), OTHER), name -> tally(kind, name));
        tally.count++;
        long today = Math.floorDiv(clock.millis(), MILLIS_PER_DAY);
        boolean log = today > tally.loggedDay;
        tally.loggedDay = Math.max(today, tally.loggedDay);
        return log;
    }

    private Tally tally(String kind, Field field) {
        Tally tally = new Tally();
        FunctionCounter.builder("tap.drift", tally, of -> of.count)
                .tags("kind", kind, "table", field.table(), "field", field.name())
                .description(
                        "Fields without a column (unknown-field) and values that were changed or dropped (value), since the start")
                .register(registry);
        return tally;
    }

    private synchronized Map<Field, Long> counts(Map<Field, Tally> tallies) {
        return tallies.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, tally -> tally.getValue().count));
    }

    private static final class Tally {
        private volatile long count;
        private long loggedDay = Long.MIN_VALUE;
    }
}
