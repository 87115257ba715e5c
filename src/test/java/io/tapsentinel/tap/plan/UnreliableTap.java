package io.tapsentinel.tap.plan;

import io.tapsentinel.tap.api.TapClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * TAP on a random schedule. Checks that every window may be requested, then answers, times out, refuses, or is not
 * asked because a rest or an empty budget forbids it.
 */
final class UnreliableTap {

    private final SplittableRandom random;
    private WindowSize size = new WindowSize();
    private TapClock clock;
    /** Longest window it answers in time at the moment. */
    private Duration answerable = TapLimits.LONGEST_WINDOW;

    private Instant restUntil = Instant.MIN;
    private Instant noBudgetUntil = Instant.MIN;
    private boolean calm;
    /** Instants that make every window containing them unreadable. */
    final List<Instant> unreadable = new ArrayList<>();

    int unreadableAnswers;
    int reads;
    int reduced;
    int timeOuts;
    int refusals;
    int postponed;

    UnreliableTap(SplittableRandom random, TapClock clock) {
        this.random = random;
        this.clock = clock;
    }

    Horizon horizon() {
        return clock.horizon();
    }

    Duration longest() {
        return size.longest();
    }

    /** A restart has lost what was learned. */
    void restart(TapClock forgotten) {
        size = new WindowSize();
        clock = forgotten;
        restUntil = Instant.MIN;
    }

    /** Changes its behaviour. */
    void change(Instant now) {
        answerable = random.nextBoolean() ? TapLimits.LONGEST_WINDOW : Duration.ofSeconds(30 + random.nextInt(3_570));
        if (random.nextInt(4) == 0) {
            noBudgetUntil = now.plusSeconds(random.nextInt(6 * 3_600));
        }
    }

    /** From here on everything works. */
    void calm() {
        calm = true;
        answerable = TapLimits.LONGEST_WINDOW;
        restUntil = Instant.MIN;
        noBudgetUntil = Instant.MIN;
    }

    /** Whether the answer for this window is unreadable. TAP's windows include both ends. */
    boolean isUnreadable(TimeRange window) {
        boolean is = unreadable.stream().anyMatch(at -> !at.isBefore(window.from()) && !at.isAfter(window.to()));
        unreadableAnswers += is ? 1 : 0;
        return is;
    }

    boolean isResting(Instant now) {
        return now.isBefore(restUntil);
    }

    /**
     * Requests a window; false when it failed.
     *
     * @param reserved whether it may be requested when only the reserve is left
     */
    boolean answers(TimeRange window, Instant now, boolean reserved) {
        check(window.length().compareTo(TapLimits.SHORTEST_WINDOW) >= 0, "too short: " + window);
        check(window.length().compareTo(TapLimits.LONGEST_WINDOW) <= 0, "too long: " + window);
        check(!window.to().isAfter(now), "still current: " + window + " at " + now);
        check(!window.from().isBefore(now.minus(TapLimits.HISTORY)), "too old: " + window + " at " + now);
        check(!isResting(now), "asked at " + now + ", in a rest");
        if (!reserved && now.isBefore(noBudgetUntil)) {
            postponed++;
            return false;
        }
        if (!calm && random.nextInt(20) == 0) {
            refuse(window, now);
            return false;
        }
        if (window.length().compareTo(answerable) > 0) {
            timeOuts++;
            size.timedOut(window.length());
            return false;
        }
        reads++;
        reduced += size.isReduced() ? 1 : 0;
        size.read();
        return true;
    }

    private void refuse(TimeRange window, Instant now) {
        refusals++;
        switch (random.nextInt(4)) {
            case 0 -> restUntil = now.plus(Duration.ofMinutes(5 + random.nextInt(26)));
            case 1 -> clock.stillCurrent();
            case 2 -> {
                if (clock.mayBeTooOld(window)) {
                    clock.tooOld(window);
                }
            }
            default -> size.failed();
        }
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
