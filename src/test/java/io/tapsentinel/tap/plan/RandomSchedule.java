package io.tapsentinel.tap.plan;

import io.tapsentinel.tap.answer.Unreadables;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A random life of one source: polls, outages, restarts, timeouts, refusals, rests, an empty budget, backlog and
 * sweeps, and suspended tables if there are any. Keeps what a store keeps and checks rule 3 at the end: every instant
 * since the origin was read 30 minutes or more after it, or is in a gap.
 */
class RandomSchedule {

    static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

    private final WindowPlanner planner;
    private final SplittableRandom random;
    private final MovableClock clock = new MovableClock(START);
    private final UnreliableTap tap;
    private final SimulatedSweeps sweeps;
    private List<SimulatedTable> tables = List.of();
    private final List<TimeRange> gaps = new ArrayList<>();
    private List<TimeRange> backlog = new ArrayList<>();
    /** The part of each successful read that was old enough then. */
    private List<TimeRange> settled = new ArrayList<>();
    /** Backlog windows read a day or more after they had passed. */
    private List<TimeRange> readLongAfter = new ArrayList<>();

    /** Reads of polls and of the backlog, which decide what the backlog may wait for. */
    private final List<TimeRange> reads = new ArrayList<>();

    private final List<TimeRange> unreadableGaps = new ArrayList<>();
    private Unreadables unreadables = Unreadables.NONE;

    private Progress progress;
    private boolean oldestFailed;
    private int urgent;
    private int killed;
    private int kills;

    RandomSchedule(WindowPlanner planner, SweepPlanner sweeps, long seed) {
        this.planner = planner;
        this.random = new SplittableRandom(seed);
        this.progress = planner.planStart(START);
        this.tap = new UnreliableTap(random, new TapClock(clock));
        this.sweeps = new SimulatedSweeps(sweeps, tap);
    }

    /** One read in this many ends with a kill that no answer caused. */
    RandomSchedule killed(int oneIn) {
        killed = oneIn;
        return this;
    }

    /** Adds tables to the reads. */
    RandomSchedule with(List<SimulatedTable> theseTables) {
        tables = theseTables;
        return this;
    }

    /** Makes a few neighbouring instants unreadable here and there. */
    RandomSchedule withUnreadableNear(long seed) {
        SplittableRandom places = new SplittableRandom(seed);
        for (int cluster = 0; cluster < 3; cluster++) {
            long second = places.nextLong(-3 * 3_600, 2 * 86_400);
            long spread = 60L << places.nextInt(5);
            for (int i = 0; i < 2 + places.nextInt(4); i++) {
                tap.unreadable.add(START.plusSeconds(second + places.nextLong(spread)));
            }
        }
        return this;
    }

    int kills() {
        return kills;
    }
    /** Runs this many polls; about every tenth is followed by an outage of up to nine days. */
    RandomSchedule live(int polls) {
        for (int i = 0; i < polls; i++) {
            boolean outage = random.nextInt(12) == 0;
            if (random.nextInt(10) == 0) {
                tap.change(clock.instant());
            }
            if (outage && random.nextBoolean()) {
                tap.restart(new TapClock(clock));
                oldestFailed = false;
            }
            tables.forEach(table -> table.change(clock.instant()));
            pass(outage ? random.nextLong(random.nextInt(6) == 0 ? 9 * 86_400 : 3 * 3_600) : 240 + random.nextInt(120));
            if (random.nextInt(5) > 0 && poll()) {
                goOn(random.nextInt(4));
            }
        }
        // from here on everything works, so that all due time is read
        tap.calm();
        tables.forEach(SimulatedTable::settle);
        for (int i = 0; i < 40 || !backlog.isEmpty() || tables.stream().anyMatch(this::isBehind); i++) {
            UnreliableTap.check(
                    i < (backlog.isEmpty() ? 600 : 2_000),
                    "the backlog never ends: " + backlog + ", " + unreadables + ", of tables: "
                            + tables.stream().map(SimulatedTable::backlog).toList());
            pass(300);
            poll();
            goOn(4);
        }
        return this;
    }

    private boolean poll() {
        expireTables();
        return fresh();
    }

    private void expireTables() {
        tables.forEach(table -> table.expire(planner.expired(table.backlog(), tap.horizon())));
    }

    private void goOn(int windows) {
        work(windows);
        catchUp(windows);
        sweep();
    }

    private boolean isBehind(SimulatedTable table) {
        List<TimeRange> left = table.backlog();
        for (TimeRange gap : unreadableGaps) {
            left = TimeRange.without(left, gap);
        }
        return !table.isSuspended() && !left.isEmpty();
    }

    /** Reads deferred events again. */
    private void catchUp(int windows) {
        Set<SimulatedTable> passedOver = new HashSet<>();
        for (int i = 0; i < windows && !tap.isResting(clock.instant()); i++) {
            expireTables();
            Instant now = clock.instant();
            Optional<SimulatedTable> next = tables.stream()
                    .filter(table -> !passedOver.contains(table) && !table.isDeferring(now))
                    .filter(table -> again(table).isPresent())
                    .min(Comparator.comparing(table -> again(table).get().from()));
            if (next.isEmpty()) {
                return;
            }
            TimeRange window = again(next.get()).get();
            if (!readAgain(next.get(), window, now)) {
                passedOver.add(next.get());
            }
            pass(random.nextInt(20));
        }
    }

    private boolean readAgain(SimulatedTable table, TimeRange window, Instant now) {
        if (!tap.answers(window, now, false)) {
            return false;
        }
        if (!tap.isUnreadable(window)) {
            return table.readAgain(window, now);
        }
        List<Unreadable> before = unreadables.bad();
        failed(window, Unreadable.How.ANSWER, now);
        // it was read before, so no plan would request it again
        unreadables.bad().stream().filter(range -> !before.contains(range)).forEach(range -> backlog.add(range.time()));
        backlog = new ArrayList<>(TimeRange.union(backlog));
        return false;
    }

    private Optional<TimeRange> again(SimulatedTable table) {
        return detour().nextOfTable(table.backlog(), tap.longest());
    }

    private void pass(long seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private Plan plan() {
        return detour().replan(
                        planner.planPoll(tap.horizon(), progress, tap.longest()).without(readLongAfter), progress);
    }

    private Detour detour() {
        return new Detour(unreadables.ranges(), unreadableGaps);
    }

    private boolean wasRead(TimeRange time) {
        return lacks(time, reads).isEmpty();
    }

    private static List<TimeRange> lacks(TimeRange time, List<TimeRange> parts) {
        List<TimeRange> left = List.of(time);
        for (TimeRange part : parts) {
            left = TimeRange.without(left, part);
        }
        return left;
    }

    /** Reads the oldest window before the fresh one if it cannot wait. */
    private void readUrgent() {
        if (oldestFailed || tap.isResting(clock.instant())) {
            return;
        }
        planner.urgent(planner.owed(backlog, plan(), tap.horizon()), tap.horizon(), tap.longest(), detour())
                .ifPresent(window -> {
                    oldestFailed = !readOwed(window);
                    urgent++;
                    pass(random.nextInt(600));
                });
    }

    private boolean readOwed(TimeRange window) {
        if (!read(window, false)) {
            return false;
        }
        backlog = new ArrayList<>(TimeRange.without(backlog, window));
        note(window);
        return true;
    }

    private void note(TimeRange window) {
        if (isReadForGood(window, clock.instant())) {
            readLongAfter.add(window);
            readLongAfter = new ArrayList<>(TimeRange.union(readLongAfter));
        }
    }

    /** Whether a window read now needs no further read whatever later polls plan; broken variants wait less. */
    boolean isReadForGood(TimeRange window, Instant now) {
        return !window.to().isAfter(now.minus(Duration.ofDays(1)));
    }

    private boolean fresh() {
        readUrgent();
        for (int attempts = 0; attempts < 4 && !tap.isResting(clock.instant()); attempts++) {
            if (freshOnce()) {
                return true;
            }
            pass(random.nextInt(60));
        }
        return false;
    }

    private boolean freshOnce() {
        Plan plan = plan();
        if (plan.fresh().filter(window -> !read(window, true)).isPresent()) {
            return false;
        }
        plan.fresh().ifPresent(window -> {
            note(window);
            backlog.addAll(plan.backlog());
            backlog = new ArrayList<>(TimeRange.union(backlog));
            plan.gaps().forEach(this::writeGap);
            progress = plan.progress();
        });
        return true;
    }

    private void work(int windows) {
        for (int i = 0; i < windows && !tap.isResting(clock.instant()); i++) {
            for (TimeRange gap : planner.expired(backlog, tap.horizon())) {
                writeGap(gap);
                backlog = TimeRange.without(backlog, gap);
            }
            if (backlog.isEmpty()) {
                return;
            }
            Optional<TimeRange> window = detour().nextOfBacklog(backlog, tap.longest(), tap.horizon(), this::wasRead);
            if (window.isEmpty()) {
                return;
            }
            oldestFailed &= !readOwed(window.get());
            pass(random.nextInt(20));
        }
    }

    private void sweep() {
        Progress before = progress;
        List<TimeRange> owed = List.copyOf(backlog);
        sweeps.tick(
                progress,
                backlog,
                detour(),
                window -> {
                    pass(random.nextInt(3));
                    return read(window, false);
                },
                () -> tap.isResting(clock.instant()));
        UnreliableTap.check(before.equals(progress) && owed.equals(backlog), "a sweep has changed the backlog");
    }

    private boolean read(TimeRange window, boolean reserved) {
        Instant now = clock.instant();
        if (!tap.answers(window, now, reserved)) {
            return false;
        }
        UnreliableTap.check(
                window.length().equals(TapLimits.SHORTEST_WINDOW)
                        || unreadableGaps.stream().noneMatch(window::overlaps),
                window + " shares time with a gap: " + unreadableGaps);
        if (tap.isUnreadable(window)) {
            failed(window, Unreadable.How.ANSWER, now);
            return false;
        }
        if (killed > 0 && random.nextInt(killed) == 0) {
            failed(window, Unreadable.How.END, now);
            kills++;
            return false;
        }
        if (!readTables(window, now)) {
            return false;
        }
        unreadables = unreadables.read(window).outside(unreadableGaps);
        reads.add(window);
        if (reads.size() > 1_000) {
            reads.subList(0, 500).clear();
        }
        Instant oldEnough = now.minus(TapLimits.INDEXING_LAG);
        if (window.from().isBefore(oldEnough)) {
            settled.add(new TimeRange(window.from(), window.to().isBefore(oldEnough) ? window.to() : oldEnough));
            if (settled.size() > 1_000) {
                settled = new ArrayList<>(TimeRange.union(settled));
            }
        }
        return true;
    }

    /** Nothing the tables defer becomes durable if the read fails for one of them. */
    private boolean readTables(TimeRange window, Instant now) {
        List<Runnable> commits = new ArrayList<>();
        for (SimulatedTable table : tables) {
            Optional<Runnable> commit = table.read(window, now);
            if (commit.isEmpty()) {
                return false;
            }
            commits.add(commit.get());
        }
        commits.forEach(Runnable::run);
        return true;
    }

    private void failed(TimeRange window, Unreadable.How how, Instant now) {
        unreadables = unreadables.failed(window, how, now);
        unreadables.lost().ifPresent(this::giveUp);
        unreadables = unreadables.outside(unreadableGaps);
    }

    private void giveUp(Unreadable lost) {
        unreadables = unreadables.without(lost);
        backlog = new ArrayList<>(TimeRange.without(backlog, lost.avoided()));
        unreadableGaps.add(lost.avoided());
        writeUnreadable(lost.avoided());
    }

    /** Gives up the shortest time; broken variants do not record it. */
    void writeUnreadable(TimeRange gap) {
        gaps.add(gap);
    }

    /** Gives up time; broken variants do not record it. */
    void writeGap(TimeRange gap) {
        gaps.add(gap);
    }

    /** Time since the origin that was neither read late enough nor reported as a gap. */
    List<TimeRange> unproven() {
        List<TimeRange> left = List.of(time());
        List<TimeRange> proven = new ArrayList<>(settled);
        proven.addAll(gaps);
        for (TimeRange done : proven) {
            left = TimeRange.without(left, done);
        }
        return left;
    }

    /** The same for the time that each table was suspended. */
    List<TimeRange> unprovenOfTables() {
        return tables.stream().flatMap(table -> table.unproven(gaps).stream()).toList();
    }

    /** Events of the tables that TAP reported and that are neither delivered, nor withdrawn, nor in a gap. */
    List<String> missing() {
        return tables.stream()
                .flatMap(table -> table.missing(time(), clock.instant(), gaps).stream())
                .toList();
    }

    private TimeRange time() {
        Instant end = clock.instant().minus(TapLimits.INDEXING_LAG).minus(Duration.ofMinutes(10));
        return new TimeRange(progress.origin(), end);
    }

    List<TimeRange> gaps() {
        return gaps;
    }

    List<TimeRange> unreadableGaps() {
        return unreadableGaps;
    }

    /** Bad ranges that TAP still reports. */
    List<Unreadable> bad() {
        return unreadables.bad().stream()
                .filter(range -> range.time().to().isAfter(tap.horizon().edge()))
                .toList();
    }

    UnreliableTap tap() {
        return tap;
    }

    /** Number of windows that were read before the fresh one. */
    int urgent() {
        return urgent;
    }

    int sweeps() {
        return sweeps.sweeps;
    }
}
