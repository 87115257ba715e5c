package io.tapsentinel.sentinel.schema;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what did not fit and logs each name once a day (UTC), never a value. Of each kind it keeps at most
 * {@value #MAX_NAMES} distinct pairs of table and name; every further name counts as {@value #OTHER} of its table. Names
 * are cut to {@value #MAX_NAME_LENGTH} characters, and those outside {@code [A-Za-z0-9_.-]} shown as {@code ?}.
 */
public final class FieldReport implements MappingReport {

    /** Name under which everything is counted that came after the first {@value #MAX_NAMES} names. */
    public static final String OTHER = "other";
    static final int MAX_NAMES = 200;
    static final int MAX_NAME_LENGTH = 64;

    private static final Logger LOG = LoggerFactory.getLogger(FieldReport.class);
    private static final long MILLIS_PER_DAY = 86_400_000;

    private final Clock clock;
    private final Map<Field, Tally> unknown = new ConcurrentHashMap<>();
    private final Map<Field, Tally> lossy = new ConcurrentHashMap<>();

    /** @param clock tells which day it is; its zone does not matter */
    public FieldReport(Clock clock) {
        this.clock = clock;
    }

    /** @param name the field's or column's name, or {@link #OTHER} */
    public record Field(String table, String name) {
    }

    @Override
    public void unknownField(String table, String field) {
        if (count(unknown, new Field(table, safe(field)))) {
            LOG.info("{} has no column for field {}: it is not sent (logged once a day)", table, safe(field));
        }
    }

    @Override
    public void lossyValue(String table, String column) {
        if (count(lossy, new Field(table, safe(column)))) {
            LOG.info("{} got a value that does not fit column {}: it was rounded or not sent (logged once a day)", table, safe(column));
        }
    }

    /** How often each unknown field was met since the start; a copy. */
    public Map<Field, Long> unknownFields() {
        return counts(unknown);
    }

    /** How often a value did not fit each column since the start; a copy. */
    public Map<Field, Long> lossyValues() {
        return counts(lossy);
    }

    /** Counts one; whether the name is to be logged. */
    private boolean count(Map<Field, Tally> tallies, Field field) {
        Tally tally = tallies.get(field);
        if (tally == null) {
            tally = add(tallies, field);
        }
        tally.count.increment();
        long today = Math.floorDiv(clock.millis(), MILLIS_PER_DAY);
        long logged = tally.loggedDay.get();
        return logged < today && tally.loggedDay.compareAndSet(logged, today);
    }

    private static Tally add(Map<Field, Tally> tallies, Field field) {
        // one at a time, or a burst of new names could pass the bound together
        synchronized (tallies) {
            boolean known = tallies.containsKey(field) || tallies.size() < MAX_NAMES;
            Field kept = known ? field : new Field(field.table(), OTHER);
            return tallies.computeIfAbsent(kept, name -> new Tally());
        }
    }

    private static Map<Field, Long> counts(Map<Field, Tally> tallies) {
        Map<Field, Long> counts = new LinkedHashMap<>();
        tallies.forEach((field, tally) -> counts.put(field, tally.count.sum()));
        return counts;
    }

    private static String safe(String name) {
        int length = Math.min(name.length(), MAX_NAME_LENGTH);
        StringBuilder safe = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "_.-".indexOf(c) >= 0;
            safe.append(plain ? c : '?');
        }
        return safe.toString();
    }

    private static final class Tally {
        private final LongAdder count = new LongAdder();
        private final AtomicLong loggedDay = new AtomicLong(Long.MIN_VALUE);
    }
}
