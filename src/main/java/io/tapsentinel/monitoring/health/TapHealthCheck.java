package io.tapsentinel.monitoring.health;

import io.tapsentinel.event.UtcWords;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.read.AnswerSize;
import io.tapsentinel.read.PostponedReads;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.Reading;
import io.tapsentinel.tap.api.Reading.Failing;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapCondition;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.api.TapRefusedException.Reason;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.Progress;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The source as health sees it. DOWN where a person has to act: TAP refuses the credentials, or a window for a reason that will
 * not pass. What hinders reading and passes by itself is DEGRADED once it lasts.
 */
public class TapHealthCheck extends ProgramHealthCheck {

    /** So many in a row are more than a bad moment. */
    private static final int IN_A_ROW = 3;

    private final TapCondition tap;
    private final Figures figures;
    private final RequestBudget budget;
    private final PostponedReads postponed;
    private final PollSchedule schedule;
    private final Clock clock;
    private final Instant startedAt;

    /**
     * @param figures what the store knows, also of what other programs on it have read
     * @param budget  how many requests we have sent ourselves
     */
    public TapHealthCheck(
            TapCondition tap,
            Figures figures,
            RequestBudget budget,
            PostponedReads postponed,
            PollSchedule schedule,
            Clock clock) {
        super("tap");
        this.tap = tap;
        this.figures = figures;
        this.budget = budget;
        this.postponed = postponed;
        this.schedule = schedule;
        this.clock = clock;
        this.startedAt = clock.instant();
        lookForOthers(Optional.empty(), startedAt);
    }

    /**
     * The first problem and what to do, in one line; empty when there is none. It does not share a look with other callers, since theirs
     * may have begun before the failure.
     */
    public Optional<String> sentence() {
        Findings now = new Findings();
        look(now);
        return now.problems().stream().findFirst().map(problem -> problem.what() + ": " + problem.remedy());
    }

    @Override
    protected void look(Findings findings) {
        Instant now = clock.instant();
        TapBackoff rest = tap.rest();
        rest.lastAnswer().ifPresent(at -> findings.detail("tap.last-answer", at.toString()));
        rest.refusal().ifPresent(refused -> findings.detail("tap.last-refusal", refused.getMessage()));
        rest.lastError()
                .last()
                .ifPresent(error -> findings.detail("tap.last-error", error.code())
                        .detail("tap.last-error.at", second(error.at())));
        if (rest.isResting(now)) {
            findings.detail("tap.next-request-after", rest.until().toString());
        }
        if (rest.failures() > 0) {
            findings.detail("tap.failures-in-a-row", rest.failures());
        }
        if (tap.size().isReduced()) {
            findings.detail("tap.longest-window", tap.size().longest().toString());
        }
        rest.held().ifPresent(window -> findings.detail("tap.refused-window", window.toString()));

        findings.asks("the store");
        Optional<Instant> stored = storedPoll(now);
        Optional<Instant> lastPoll = tap.reading().lastPoll(now);
        Stream.of(stored, lastPoll)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .ifPresent(at -> findings.detail("tap.last-poll", second(at)));
        // what another program has read since proves that it has passed
        boolean passed = lastPoll.filter(
                        at -> at.isAfter(rest.failedAt()) || rest.failedAt().isAfter(now))
                .isPresent();
        Optional<TapRefusedException> standing = passed ? Optional.empty() : rest.standing();
        standing.filter(TapBackoff::isAboutCredentials)
                .ifPresent(refused -> findings.problem(KnownProblem.TAP_CREDENTIALS, describe(refused, now)));
        rest.heldBy()
                .filter(why -> !passed)
                .ifPresent(why -> findings.problem(
                        why instanceof TapFormatException ? KnownProblem.TAP_FORMAT : KnownProblem.TAP_WINDOW,
                        why.getMessage()));
        standing.filter(refused -> refused.reason() == Reason.THROTTLED)
                .ifPresent(refused -> findings.problem(KnownProblem.TAP_THROTTLED, describe(refused, now)));
        if (isUnread(lastPoll) && standing.isEmpty() && rest.heldBy().isEmpty()) {
            tap.reading()
                    .failing()
                    .ifPresent(failing -> findings.problem(problem(failing, KnownProblem.TAP_UNREAD), failing.last()));
        }
        reading(
                findings,
                now,
                standing.filter(TapBackoff::isAboutCredentials).isPresent(),
                standing.isPresent(),
                lastPoll);
        readAhead(now)
                .filter(any -> tap.clock().ahead().isEmpty())
                .ifPresent(at -> findings.problem(
                        KnownProblem.TAP_CLOCK, "time was read until " + second(at) + ", which lies ahead of it"));
        if (tap.clock().isAheadByRefusals()) {
            findings.problem(KnownProblem.TAP_CLOCK, "it is ahead: TAP calls windows current that have ended by it");
        }
        tap.clock().ahead().ifPresent(ahead -> {
            String words = "this machine's clock is " + TapClock.describe(ahead) + " TAP's";
            findings.detail("tap.clock", words);
            if (ahead.abs().compareTo(TapClock.REPORTED_OVER) > 0) {
                findings.problem(KnownProblem.TAP_CLOCK, TapClock.describe(ahead) + " TAP's");
            }
        });
        postponed
                .describe()
                .ifPresent(what -> findings.detail("tap.postponed", what).problem(KnownProblem.TAP_POSTPONED, what));
        budget(
                findings,
                standing.filter(refused -> refused.reason() == Reason.THROTTLED).isPresent());
    }

    private String describe(TapRefusedException refused, Instant now) {
        return refused.getMessage()
                + schedule.next(tap.rest().notBefore(now))
                        .map(at -> "; next attempt " + UtcWords.of(at, now))
                        .orElse("");
    }

    private static KnownProblem problem(Failing failing, KnownProblem otherwise) {
        return failing.unreadable()
                ? KnownProblem.TAP_UNREADABLE
                : failing.last().endsWith(AnswerSize.NO_LENGTH) ? KnownProblem.TAP_LENGTH : otherwise;
    }

    /** Whether TAP is the reason that no window was read since the start, by whichever program. */
    private boolean isUnread(Optional<Instant> lastPoll) {
        return tap.rest().failures() > 0
                && !tap.rest().failedAt().isBefore(tap.reading().lastHead())
                && lastPoll.filter(startedAt::isBefore).isEmpty();
    }

    /** Until when time was read, when that is still to come: the clock was set back. Empty otherwise. */
    private Optional<Instant> readAhead(Instant now) {
        try {
            return figures.now()
                    .progress()
                    .filter(progress -> !progress.isNothingRead())
                    .map(Progress::readTo)
                    .filter(at -> at.isAfter(now.plus(TapClock.REPORTED_OVER)));
        } catch (StoreException e) {
            // the store's own health says so
            return Optional.empty();
        }
    }

    /** When a poll was committed last, as the store has it: also before the start, and perhaps by a clock that was wrong. */
    private Optional<Instant> storedPoll(Instant now) {
        Optional<Instant> last;
        try {
            last = figures.now().lastPoll();
        } catch (StoreException e) {
            // the store's own health says so
            last = Optional.empty();
        }
        lookForOthers(last, now);
        return last;
    }

    private void lookForOthers(Optional<Instant> last, Instant now) {
        try {
            tap.reading().stored(figures.polls(), last, now);
        } catch (StoreException e) {
            // the same
        }
    }

    /**
     * @param down    whether another problem says already that somebody has to act
     * @param refused whether another problem says already why windows fail
     */
    private void reading(Findings findings, Instant now, boolean down, boolean refused, Optional<Instant> lastPoll) {
        Reading reading = tap.reading();
        reading.failing().ifPresent(failing -> {
            findings.detail("tap.windows-failed-in-a-row", failing.windows())
                    .detail("tap.windows-failed-since", second(failing.since()))
                    .detail("tap.window-failed-last", failing.last());
            if (failing.windows() >= IN_A_ROW
                    && !refused
                    && !isUnread(lastPoll)
                    && lastPoll.filter(failing.since()::isBefore).isEmpty()) {
                findings.problem(
                        problem(failing, KnownProblem.TAP_FAILING),
                        failing.windows() + " in a row since " + second(failing.since()) + ", the last one: "
                                + failing.last());
            }
        });
        // by the time that has passed, which no clock changes
        Instant since = now.minus(reading.silence());
        if (!down && schedule.after(since, IN_A_ROW).filter(now::isAfter).isPresent()) {
            findings.problem(
                    KnownProblem.TAP_NO_POLL,
                    lastPoll.map(at -> "not since " + second(at))
                            .orElseGet(() -> "not since the start at " + second(startedAt)));
        }
    }

    /** TAP never says how much of its pool is left; our own number tells whose requests used it up. */
    private void budget(Findings findings, boolean throttled) {
        try {
            for (Pool pool : Pool.values()) {
                String name = "tap.requests." + pool.word();
                long left = budget.left(pool, Purpose.POLL);
                findings.detail(name + ".in-24-hours", budget.used(pool))
                        .detail(name + ".left-for-polls", left)
                        .detail(name + ".left-for-the-rest", budget.left(pool, Purpose.SWEEP));
                if (left * 10 < budget.perDay()) {
                    findings.problem(KnownProblem.TAP_BUDGET, left + " of " + budget.perDay() + " of " + pool.word());
                }
            }
            long used = budget.used(Pool.EVERYTHING_ELSE);
            if (throttled && used * 2 < budget.perDay()) {
                findings.detail(
                        "tap.throttled",
                        "only " + used + " requests of ours in 24 hours: another client may share the credential");
            }
        } catch (StoreException e) {
            // the store's own health says so
        }
    }

    private static String second(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
