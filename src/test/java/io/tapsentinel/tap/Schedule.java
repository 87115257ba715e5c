package io.tapsentinel.tap;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random life of one source: polls, outages, restarts, time-outs of large windows, backlog windows in between. Keeps what a
 * store keeps and checks rule 3 at the end: every instant since the origin was read 30 minutes or more after it, or lies in a gap.
 */
final class Schedule {

    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

    private final WindowPlanner planner;
    private final SplittableRandom random;
    private final List<TimeRange> gaps = new ArrayList<>();
    private List<TimeRange> backlog = new ArrayList<>();
    /** For each successful read the part of it that was old enough then. */
    private List<TimeRange> settled = new ArrayList<>();
    private Progress progress;
    private Instant now = START;
    private WindowSize size = new WindowSize();
    /** What TAP can answer in time at the moment. */
    private Duration answerable = TapLimits.LONGEST_WINDOW;
    private int reads;
    private int timeOuts;
    private int reduced;

    Schedule(WindowPlanner planner, long seed) {
        this.planner = planner;
        this.random = new SplittableRandom(seed);
        this.progress = planner.begin(now);
    }

    /** Lives through so many polls; every tenth or so is followed by an outage of up to nine days. */
    Schedule live(int polls) {
        for (int i = 0; i < polls; i++) {
            boolean outage = random.nextInt(12) == 0;
            if (random.nextInt(10) == 0) {
                answerable = random.nextBoolean() ? TapLimits.LONGEST_WINDOW : Duration.ofSeconds(30 + random.nextInt(3_570));
            }
            if (outage && random.nextBoolean()) {
                // a restart has forgotten the size
                size = new WindowSize();
            }
            now = now.plusSeconds(outage ? random.nextLong(random.nextInt(6) == 0 ? 9 * 86_400 : 3 * 3_600) : 240 + random.nextInt(120));
            poll();
        }
        // from here on everything works, so that what is owed gets read
        answerable = TapLimits.LONGEST_WINDOW;
        for (int i = 0; i < 40 || !backlog.isEmpty(); i++) {
            now = now.plus(Duration.ofMinutes(5));
            fresh();
            work(4);
        }
        return this;
    }

    private void poll() {
        if (random.nextInt(5) > 0) {
            fresh();
            work(random.nextInt(4));
        }
    }

    private void fresh() {
        for (int attempts = 0; attempts < 4 && !freshOnce(); attempts++) {
            now = now.plusSeconds(random.nextInt(60));
        }
    }

    private boolean freshOnce() {
        Plan plan = planner.poll(Horizon.at(now), progress, size.longest());
        if (plan.fresh().filter(window -> !read(window)).isPresent()) {
            return false;
        }
        plan.fresh().ifPresent(window -> {
            backlog.addAll(plan.backlog());
            backlog = new ArrayList<>(TimeRange.union(backlog));
            gaps.addAll(plan.gaps());
            progress = plan.progress();
        });
        return true;
    }

    private void work(int windows) {
        for (int i = 0; i < windows; i++) {
            List<TimeRange> expired = planner.expired(backlog, Horizon.at(now));
            gaps.addAll(expired);
            for (TimeRange gap : expired) {
                backlog = TimeRange.without(backlog, gap);
            }
            if (backlog.isEmpty()) {
                return;
            }
            TimeRange window = planner.oldestWindow(backlog, size.longest());
            now = now.plusSeconds(random.nextInt(20));
            if (read(window)) {
                backlog = new ArrayList<>(TimeRange.without(backlog, window));
            }
        }
    }

    private boolean read(TimeRange window) {
        check(window.length().compareTo(TapLimits.SHORTEST_WINDOW) >= 0, "too short: " + window);
        check(window.length().compareTo(TapLimits.LONGEST_WINDOW) <= 0, "too long: " + window);
        check(!window.to().isAfter(now), "still current: " + window + " at " + now);
        check(!window.from().isBefore(now.minus(TapLimits.HISTORY)), "too old: " + window + " at " + now);
        if (window.length().compareTo(answerable) > 0) {
            timeOuts++;
            size.timedOut(window.length());
            return false;
        }
        reads++;
        reduced += size.isReduced() ? 1 : 0;
        size.read();
        Instant oldEnough = now.minus(TapLimits.INDEXING_LAG);
        if (window.from().isBefore(oldEnough)) {
            settled.add(new TimeRange(window.from(), window.to().isBefore(oldEnough) ? window.to() : oldEnough));
            settled = new ArrayList<>(TimeRange.union(settled));
        }
        return true;
    }

    /** Time since the origin that was neither read late enough nor reported as a gap. */
    List<TimeRange> unproven() {
        Instant end = now.minus(TapLimits.INDEXING_LAG).minus(Duration.ofMinutes(10));
        List<TimeRange> left = List.of(new TimeRange(progress.origin(), end));
        List<TimeRange> proven = new ArrayList<>(settled);
        proven.addAll(gaps);
        for (TimeRange done : proven) {
            left = TimeRange.without(left, done);
        }
        return left;
    }

    List<TimeRange> gaps() {
        return gaps;
    }

    /** Windows that TAP could not answer in time. */
    int timeOuts() {
        return timeOuts;
    }

    /** Reads while windows were shorter than an hour. */
    int reduced() {
        return reduced;
    }

    int reads() {
        return reads;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
