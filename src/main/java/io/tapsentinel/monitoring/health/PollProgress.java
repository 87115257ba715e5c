package io.tapsentinel.monitoring.health;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.read.AnswerSize;
import io.tapsentinel.read.SourceState;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.StoreFigures;
import io.tapsentinel.tap.api.ClockDifference;
import io.tapsentinel.tap.api.Reading;
import io.tapsentinel.tap.api.Reading.Failing;
import io.tapsentinel.tap.plan.PollSchedule;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Detects polls that stop and windows that fail. Polls of other replicas count. */
final class PollProgress {

    /** Failures or missed polls before a problem is reported. */
    private static final int IN_A_ROW = 3;

    private final SourceState tap;
    private final Figures figures;
    private final PollSchedule schedule;
    private final Instant startedAt;

    /** @param figures include reads of other replicas */
    PollProgress(SourceState tap, Figures figures, PollSchedule schedule, Instant startedAt) {
        this.tap = tap;
        this.figures = figures;
        this.schedule = schedule;
        this.startedAt = startedAt;
        lookForOthers(Optional.empty(), startedAt);
    }

    /** Time of the last committed poll in the store. It may be from before the start, or from a wrong clock. */
    Optional<Instant> storedPoll(Instant now) {
        Optional<Instant> last = stored().flatMap(StoreFigures::lastPoll);
        lookForOthers(last, now);
        return last;
    }

    /** Progress that lies in the future because the clock was set back; else empty. */
    Optional<Instant> readAhead(Instant now) {
        return stored().flatMap(StoreFigures::readTo).filter(at -> at.isAfter(now.plus(ClockDifference.REPORTED_OVER)));
    }

    private Optional<StoreFigures> stored() {
        try {
            return Optional.of(figures.now());
        } catch (StoreException e) {
            // the storage check reports it
            return Optional.empty();
        }
    }

    private void lookForOthers(Optional<Instant> last, Instant now) {
        try {
            tap.reading().stored(figures.polls(), last, now);
        } catch (StoreException e) {
            // the storage check reports it
        }
    }

    /**
     * Reports failing windows and missing polls.
     *
     * @param lastPoll    last committed poll of any replica
     * @param credentials whether refused credentials are reported already
     * @param refused     whether another problem explains the failures already
     * @param held        whether TAP permanently refuses a window
     */
    void report(
            Findings findings,
            Instant now,
            Optional<Instant> lastPoll,
            boolean credentials,
            boolean refused,
            boolean held) {
        Reading reading = tap.reading();
        boolean unread = isUnread(lastPoll);
        reading.failing().ifPresent(failing -> {
            if (unread && !refused && !held) {
                findings.problem(problem(failing, KnownProblem.TAP_UNREAD), failing.last());
            }
            findings.detail("tap.windows-failed-in-a-row", failing.windows())
                    .detail("tap.windows-failed-since", second(failing.since()))
                    .detail("tap.window-failed-last", failing.last());
            if (failing.windows() >= IN_A_ROW
                    && !refused
                    && !unread
                    && lastPoll.filter(failing.since()::isBefore).isEmpty()) {
                findings.problem(
                        problem(failing, KnownProblem.TAP_FAILING),
                        failing.windows() + " in a row since " + HumanText.time(failing.since(), now) + "; last: "
                                + failing.last());
            }
        });
        // elapsed time, which setting the clock does not change
        Instant since = now.minus(reading.silence());
        if (!credentials && schedule.after(since, IN_A_ROW).filter(now::isAfter).isPresent()) {
            findings.problem(
                    KnownProblem.TAP_NO_POLL,
                    lastPoll.map(at -> "last poll at " + HumanText.time(at, now))
                            .orElseGet(() -> "none since the start at " + HumanText.time(startedAt, now)));
        }
    }

    /** Whether no replica has read a window since the start because of TAP. */
    private boolean isUnread(Optional<Instant> lastPoll) {
        return tap.backoff().failures() > 0
                && !tap.backoff().failedAt().isBefore(tap.reading().lastHead())
                && lastPoll.filter(startedAt::isBefore).isEmpty();
    }

    private static KnownProblem problem(Failing failing, KnownProblem otherwise) {
        return failing.unreadable()
                ? KnownProblem.TAP_UNREADABLE
                : failing.last().endsWith(AnswerSize.NO_LENGTH) ? KnownProblem.TAP_LENGTH : otherwise;
    }

    static String second(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
