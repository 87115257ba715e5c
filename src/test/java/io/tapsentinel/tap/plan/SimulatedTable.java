package io.tapsentinel.tap.plan;

import static io.tapsentinel.tap.plan.UnreliableTap.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One table of a random schedule that refuses its events at times, with what a store keeps for it. Some of its events
 * appear late, some become false positives, and TAP stops reporting a few. Checks at the end that each was delivered
 * once.
 */
class SimulatedTable {

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    private final SplittableRandom random;
    private final Duration step;
    private final NavigableMap<Instant, Event> events = new TreeMap<>();
    private Instant drawnTo = RandomSchedule.START.minus(Duration.ofDays(8));

    private Instant refusesUntil = Instant.MIN;
    private boolean endsRefusing;
    private boolean suspended;
    private Instant failingSince;
    private Instant probeAt;
    private Duration pause;

    private List<TimeRange> backlog = List.of();
    private final Set<Event> deferred = new HashSet<>();
    private final List<TimeRange> gaps = new ArrayList<>();
    /** Deferred time that was not read again; kept apart from the backlog, which may be wrong. */
    private List<TimeRange> owed = List.of();

    int suspensions;
    int deferrals;
    int caughtUp;
    int falsePositives;
    int withdrawn;

    /** One event. From the given times on, TAP reports it only with false positives, or no longer. */
    private static final class Event {
        private final Instant at;
        private final Instant visible;
        private final Instant falsePositive;
        private final Instant gone;
        private boolean reported;
        private boolean delivered;

        private Event(Instant at, SplittableRandom random) {
            this.at = at;
            this.visible = at.plusSeconds(random.nextLong(TapLimits.INDEXING_LAG.toSeconds() + 1));
            Instant changed = visible.plusSeconds(random.nextLong(2 * 86_400));
            int kind = random.nextInt(40);
            this.falsePositive = kind < 6 ? changed : Instant.MAX;
            this.gone = kind == 6 ? changed : Instant.MAX;
        }

        private boolean isReported(Instant now, boolean falsePositives) {
            return !visible.isAfter(now) && gone.isAfter(now) && (falsePositives || falsePositive.isAfter(now));
        }

        @Override
        public String toString() {
            return at + " (visible " + visible
                    + (falsePositive == Instant.MAX ? "" : ", false positive " + falsePositive)
                    + (gone == Instant.MAX ? "" : ", gone " + gone) + (reported ? ", was reported)" : ")");
        }
    }

    SimulatedTable(long seed) {
        this(seed, Duration.ofMinutes(10));
    }

    /** @param step one event per step */
    SimulatedTable(long seed, Duration step) {
        this.random = new SplittableRandom(seed);
        this.step = step;
    }

    /** Time passes. Now and then the table starts to refuse, for minutes to nine days. */
    void change(Instant now) {
        if (refusesUntil.isBefore(now) && random.nextInt(15) == 0) {
            refusesUntil = now.plusSeconds(60 + random.nextLong(random.nextInt(4) == 0 ? 9 * 86_400 : 6 * 3_600));
        }
    }

    /** From here on the table accepts everything, or nothing if that is how it ends. */
    void settle() {
        refusesUntil = endsRefusing ? Instant.MAX : Instant.MIN;
    }

    SimulatedTable endsRefusing() {
        endsRefusing = true;
        return this;
    }

    boolean isSuspended() {
        return suspended;
    }

    /** Whether its events are deferred now. */
    boolean isDeferring(Instant now) {
        return suspended && now.isBefore(probeAt);
    }

    List<TimeRange> backlog() {
        return backlog;
    }

    List<TimeRange> gaps() {
        return gaps;
    }

    /**
     * A read of all types has reached this table.
     *
     * @return what commits with the read; empty when the read must fail because of this table
     */
    Optional<Runnable> read(TimeRange window, Instant now) {
        List<Event> open = reported(window, now, false);
        return send(open, now).map(refused -> () -> {
            open.forEach(event -> event.reported = true);
            if (!refused.isEmpty()) {
                defer(window, refused);
            }
        });
    }

    /** A read of this table's backlog; false when it must fail. */
    boolean readAgain(TimeRange window, Instant now) {
        List<Event> open = reported(window, now, asksForFalsePositives());
        open.retainAll(deferred);
        Optional<List<Event>> refused = send(open, now);
        if (refused.isEmpty()) {
            return false;
        }
        caughtUp++;
        falsePositives += (int) open.stream()
                .filter(event -> event.delivered && !event.falsePositive.isAfter(now))
                .count();
        if (!refused.get().isEmpty()) {
            defer(window, refused.get());
        } else {
            owed = TimeRange.without(owed, window);
        }
        if (isCaughtUp(refused.get().size())) {
            backlog = TimeRange.without(backlog, window);
            if (backlog.isEmpty()) {
                withdrawn += deferred.size();
                deferred.clear();
            }
        }
        return true;
    }

    private void defer(TimeRange window, List<Event> refused) {
        deferrals++;
        deferred.addAll(refused);
        owed = union(owed, window);
        owe(window);
    }

    /** TAP no longer reports this time. */
    void expire(List<TimeRange> expired) {
        for (TimeRange gap : expired) {
            backlog = TimeRange.without(backlog, gap);
            deferred.removeIf(event -> holds(gap, event.at));
            writeGap(gap);
        }
    }

    /** Adds the window to the backlog; broken variants do not. */
    void owe(TimeRange window) {
        backlog = union(backlog, window);
    }

    /** Whether a window read with this many deferrals leaves the backlog; broken variants always say yes. */
    boolean isCaughtUp(int deferrals) {
        return deferrals == 0;
    }

    /** Whether a catch-up requests false positives; broken variants do not. */
    boolean asksForFalsePositives() {
        return true;
    }

    /** Gives up time of the table; broken variants do not record it. */
    void writeGap(TimeRange gap) {
        gaps.add(gap);
    }

    private List<Event> reported(TimeRange window, Instant now, boolean falsePositives) {
        while (drawnTo.isBefore(window.to())) {
            Instant at = drawnTo.plusSeconds(random.nextLong(step.toSeconds()));
            events.put(at, new Event(at, random));
            drawnTo = drawnTo.plus(step);
        }
        List<Event> reported = new ArrayList<>(
                events.subMap(window.from(), true, window.to(), true).values());
        reported.removeIf(event -> event.delivered || !event.isReported(now, falsePositives));
        return reported;
    }

    /**
     * Sends open events.
     *
     * @return what is deferred; empty when the read must fail
     */
    private Optional<List<Event>> send(List<Event> open, Instant now) {
        if (open.isEmpty()) {
            return Optional.of(List.of());
        }
        if (isDeferring(now)) {
            return Optional.of(open);
        }
        if (now.isAfter(refusesUntil)) {
            deliver(open);
            suspended = false;
            failingSince = null;
            return Optional.of(List.of());
        }
        if (suspended) {
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            probeAt = now.plus(pause);
            return Optional.of(open);
        }
        if (failingSince == null) {
            // the refusal begins between two batches
            int before = random.nextInt(open.size());
            deliver(open.subList(0, before));
            failingSince = now;
            if (random.nextBoolean()) {
                // no other table is known to work
                return Optional.empty();
            }
            open = open.subList(before, open.size());
        }
        suspensions++;
        suspended = true;
        pause = Duration.ofMinutes(1);
        probeAt = now.plus(pause);
        return Optional.of(List.copyOf(open));
    }

    private void deliver(List<Event> open) {
        for (Event event : open) {
            check(!event.delivered, event + " was delivered twice");
            event.delivered = true;
            deferred.remove(event);
        }
    }

    /** Time that was deferred and neither read again nor lost, apart from what waits while the table is suspended. */
    List<TimeRange> unproven(List<TimeRange> lost) {
        List<TimeRange> left = owed;
        for (TimeRange gap : lost) {
            left = TimeRange.without(left, gap);
        }
        for (TimeRange gap : gaps) {
            left = TimeRange.without(left, gap);
        }
        for (TimeRange waiting : suspended ? backlog : List.<TimeRange>of()) {
            left = TimeRange.without(left, waiting);
        }
        return left;
    }

    /** Events of this time that are not accounted for. */
    List<String> missing(TimeRange time, Instant now, List<TimeRange> lost) {
        List<Event> missing = new ArrayList<>(
                events.subMap(time.from(), true, time.to(), true).values());
        missing.removeIf(event -> event.delivered
                || isIn(lost, event.at)
                || isIn(gaps, event.at)
                || !event.gone.isAfter(now)
                // an event that became a false positive before any read of it is not wanted
                || !event.reported && !event.isReported(now, false)
                || suspended && deferred.contains(event) && isIn(backlog, event.at));
        return missing.stream().map(Event::toString).toList();
    }

    private static boolean isIn(List<TimeRange> ranges, Instant at) {
        return ranges.stream().anyMatch(range -> holds(range, at));
    }

    private static boolean holds(TimeRange range, Instant at) {
        return !at.isBefore(range.from()) && !at.isAfter(range.to());
    }

    private static List<TimeRange> union(List<TimeRange> ranges, TimeRange another) {
        List<TimeRange> all = new ArrayList<>(ranges);
        all.add(another);
        return TimeRange.union(all);
    }
}
