package io.tapsentinel.monitoring.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tapsentinel.event.EventType;
import io.tapsentinel.read.ReadListener;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads since the start of the process. Counted when a read commits, so an event counts once per read that contains it, from the second
 * read on as a duplicate. All foreseeable series exist from the start: a rate does not see the step from absent to the first value.
 * Thread-safe.
 */
public final class ReadMetrics implements ReadListener {

    private static final List<LedgerCount> OUTCOMES = Stream.of(LedgerCount.values())
            .filter(LedgerCount::isOutcome)
            .filter(outcome -> outcome != LedgerCount.DUPLICATE_INSIDE)
            .toList();
    private static final List<String> REFUSALS =
            List.of("400", "401", "403", "429", "500", "503", "504", "timeout", "no-answer", "too-large", "unreadable");
    private static final String TAP = "tap-";
    private static final String BUDGET = "tap-budget";

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final InstantSource steady;
    /** Time of the last committed poll, by the steady clock. */
    private volatile Instant lastPoll;

    /**
     * @param registry for all metrics
     * @param clock    the machine's clock
     * @param steady   a clock that is never adjusted
     */
    public ReadMetrics(MeterRegistry registry, InstantSource clock, InstantSource steady) {
        this.registry = registry;
        this.clock = clock;
        this.steady = steady;
        this.lastPoll = steady.instant();
        Gauge.builder(
                        "tap.last.poll.timestamp",
                        () -> clock.instant()
                                        .minus(Duration.between(lastPoll, steady.instant()))
                                        .toEpochMilli()
                                / 1_000.0)
                .baseUnit("seconds")
                .strongReference(true)
                .description("Last committed poll; without one, the start of the process")
                .register(registry);
        for (EventType type : EventType.values()) {
            filtered("before-" + type.routeId());
            begin(type.table());
        }
        begin(LedgerEntry.UNKNOWN);
        for (Purpose purpose : Purpose.values()) {
            for (boolean committed : new boolean[] {true, false}) {
                reads(purpose, committed);
            }
            seconds(purpose);
            bytes(purpose);
        }
        REFUSALS.forEach(this::refusals);
    }

    /** Sets the last committed poll of an earlier process: repeated restarts must not look like polls. */
    public void lastPoll(Instant before) {
        lastPoll = steady.instant().minus(Duration.between(before, clock.instant()));
    }

    private void begin(String table) {
        fetched(table);
        late(table);
        unreadable(table);
        OUTCOMES.forEach(outcome -> events(table, outcome));
    }

    @Override
    public void committed(LedgerEntry read, Effort effort) {
        if (read.purpose() == Purpose.POLL) {
            lastPoll = steady.instant();
        }
        attempted(read.purpose(), effort, true);
        read.counts().forEach((array, counts) -> count(table(array), counts));
    }

    @Override
    public void failed(Purpose purpose, Effort effort, String code) {
        attempted(purpose, effort, false);
        if (code.startsWith(TAP) && !code.equals(BUDGET)) {
            refusals(code.substring(TAP.length())).increment();
        }
    }

    private void attempted(Purpose purpose, Effort effort, boolean committed) {
        reads(purpose, committed).increment();
        seconds(purpose).record(effort.time());
        bytes(purpose).increment(effort.bytes());
    }

    private static String table(String array) {
        return EventType.ofArray(array).map(EventType::table).orElse(LedgerEntry.UNKNOWN);
    }

    private void count(String table, Map<String, Long> counts) {
        counts.forEach((word, events) -> {
            Optional<String> route = LedgerCount.filteringRoute(word);
            if (route.isPresent()) {
                filtered(route.get()).increment(events);
            } else if (word.equals(LedgerCount.FETCHED.word())) {
                fetched(table).increment(events);
            } else if (word.equals(LedgerCount.LATE.word())) {
                late(table).increment(events);
            } else if (word.equals(LedgerCount.UNREADABLE.word())) {
                unreadable(table).increment(events);
            } else if (word.equals(LedgerCount.DUPLICATE_INSIDE.word())) {
                events(table, LedgerCount.DUPLICATE).increment(events);
            } else {
                OUTCOMES.stream()
                        .filter(outcome -> outcome.word().equals(word))
                        .forEach(outcome -> events(table, outcome).increment(events));
            }
        });
    }

    private Counter events(String table, LedgerCount outcome) {
        return counter(
                "tap.events",
                "Fetched events of committed reads by outcome, one each",
                "table",
                table,
                "outcome",
                outcome.word());
    }

    private Counter fetched(String table) {
        return counter("tap.fetched", "Events in TAP's answers of committed reads", "table", table);
    }

    private Counter late(String table) {
        return counter("tap.late", "New events whose time was read before: TAP indexed them late", "table", table);
    }

    private Counter unreadable(String table) {
        return counter(
                "tap.unreadable",
                "Unreadable elements of answers, once each; also counted as rejected",
                "table",
                table);
    }

    private Counter filtered(String route) {
        return counter("tap.filtered", "Events a route dropped on purpose, once each", "route", route);
    }

    private Counter reads(Purpose purpose, boolean committed) {
        return counter(
                "tap.reads",
                "Attempts to read a window or a replayed file",
                "purpose",
                purpose.word(),
                "result",
                committed ? "committed" : "failed");
    }

    private Timer seconds(Purpose purpose) {
        return Timer.builder("tap.read")
                .tag("purpose", purpose.word())
                .description("Duration of an attempt, from request to last event")
                .register(registry);
    }

    private Counter bytes(Purpose purpose) {
        return counter(
                "tap.read.bytes",
                "Size of TAP's answers, uncompressed, or of replayed files",
                "purpose",
                purpose.word());
    }

    private Counter refusals(String status) {
        return counter("tap.refusals", "Failed requests to TAP, by status", "status", status);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).tags(tags).description(description).register(registry);
    }
}
