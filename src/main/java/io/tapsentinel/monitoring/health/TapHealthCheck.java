package io.tapsentinel.monitoring.health;

import static io.tapsentinel.monitoring.health.PollProgress.second;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.read.PostponedReads;
import io.tapsentinel.read.SourceState;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.ClockDifference;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.api.TapRefusedException.Reason;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.Pool;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks reading from TAP: DOWN while TAP refuses the credentials, keeps refusing a window or sends an unknown format. Other problems are
 * DEGRADED.
 */
public class TapHealthCheck extends ProgramHealthCheck {

    private final SourceState tap;
    private final PollProgress polls;
    private final RequestBudget budget;
    private final PostponedReads postponed;
    private final PollSchedule schedule;
    private final Clock clock;

    /**
     * @param figures include reads of other replicas
     * @param budget  counts requests of this source only, not those of other clients
     */
    public TapHealthCheck(
            SourceState tap,
            Figures figures,
            RequestBudget budget,
            PostponedReads postponed,
            PollSchedule schedule,
            Clock clock) {
        super("tap");
        this.tap = tap;
        this.polls = new PollProgress(tap, figures, schedule, clock.instant());
        this.budget = budget;
        this.postponed = postponed;
        this.schedule = schedule;
        this.clock = clock;
    }

    /** The first problem and its remedy in one line. Runs its own check: one in progress may have started before the failure. */
    public Optional<String> sentence() {
        Findings now = new Findings();
        look(now);
        return now.problems().stream().findFirst().map(problem -> problem.what() + ": " + problem.remedy());
    }

    @Override
    protected void look(Findings findings) {
        Instant now = clock.instant();
        TapBackoff rest = tap.backoff();
        lastAnswers(findings, rest, now);
        findings.asks("the store");
        Optional<Instant> stored = polls.storedPoll(now);
        Optional<Instant> lastPoll = tap.reading().lastPoll(now);
        Stream.of(stored, lastPoll)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .ifPresent(at -> findings.detail("tap.last-poll", second(at)));
        // a later read by another replica proves that the problem is over
        boolean passed = lastPoll.filter(
                        at -> at.isAfter(rest.failedAt()) || rest.failedAt().isAfter(now))
                .isPresent();
        Optional<TapRefusedException> standing = passed ? Optional.empty() : rest.standing();
        Optional<TapRefusedException> credentials = standing.filter(TapBackoff::isAboutCredentials);
        Optional<TapRefusedException> throttled = standing.filter(refused -> refused.reason() == Reason.THROTTLED);
        credentials.ifPresent(refused -> findings.problem(KnownProblem.TAP_CREDENTIALS, describe(refused, now)));
        rest.heldBy()
                .filter(why -> !passed)
                .ifPresent(why -> findings.problem(
                        why instanceof TapFormatException ? KnownProblem.TAP_FORMAT : KnownProblem.TAP_WINDOW,
                        why.getMessage()));
        throttled.ifPresent(refused -> findings.problem(KnownProblem.TAP_THROTTLED, describe(refused, now)));
        polls.report(
                findings,
                now,
                lastPoll,
                credentials.isPresent(),
                standing.isPresent(),
                rest.heldBy().isPresent());
        clock(findings, now);
        postponed
                .describe()
                .ifPresent(what -> findings.detail("tap.postponed", what).problem(KnownProblem.TAP_POSTPONED, what));
        budget(findings, throttled.isPresent());
    }

    private void lastAnswers(Findings findings, TapBackoff rest, Instant now) {
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
    }

    private String describe(TapRefusedException refused, Instant now) {
        return refused.getMessage()
                + schedule.next(tap.backoff().notBefore(now))
                        .map(at -> "; next attempt " + HumanText.time(at, now))
                        .orElse("");
    }

    private void clock(Findings findings, Instant now) {
        polls.readAhead(now)
                .filter(any -> tap.clock().ahead().isEmpty())
                .ifPresent(at -> findings.problem(
                        KnownProblem.TAP_CLOCK, "progress is in the future: " + HumanText.time(at, now)));
        if (tap.clock().isAheadByRefusals()) {
            findings.problem(KnownProblem.TAP_CLOCK, "it is ahead: TAP rejects windows that end in the future");
        }
        tap.clock().ahead().ifPresent(ahead -> {
            String words = ClockDifference.describe(ahead) + " TAP's";
            findings.detail("tap.clock", "this machine's clock is " + words);
            if (ahead.abs().compareTo(ClockDifference.REPORTED_OVER) > 0) {
                findings.problem(KnownProblem.TAP_CLOCK, words);
            }
        });
    }

    /** TAP does not report how many requests are left; the program's own count shows whether another client used them. */
    private void budget(Findings findings, boolean throttled) {
        try {
            for (Pool pool : Pool.values()) {
                String name = "tap.requests." + pool.word();
                long left = budget.left(pool, Purpose.POLL);
                findings.detail(name + ".in-24-hours", budget.used(pool))
                        .detail(name + ".left-for-polls", left)
                        .detail(name + ".left-for-the-rest", budget.left(pool, Purpose.SWEEP));
                if (left * 10 < budget.perDay()) {
                    findings.problem(
                            KnownProblem.TAP_BUDGET,
                            HumanText.number(left) + " of " + HumanText.number(budget.perDay())
                                    + " requests left for polls in pool " + pool.word());
                }
            }
            long used = budget.used(Pool.EVERYTHING_ELSE);
            if (throttled && used * 2 < budget.perDay()) {
                findings.detail(
                        "tap.throttled",
                        "only " + HumanText.count(used, "request")
                                + " by this program in 24 hours: another client may use the credential");
            }
        } catch (StoreException e) {
            // the storage check reports it
        }
    }
}
