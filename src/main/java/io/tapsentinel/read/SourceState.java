package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.ClockDifference;
import io.tapsentinel.tap.api.Reading;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowSize;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * The current state of the source: refusals, clock, window size, recent reads. Runs report to it and plan by it; health
 * shows it. Thread-safe.
 */
public final class SourceState {

    private final TapBackoff backoff;
    private final TapClock tapClock;
    private final WindowSize size;
    private final Reading reading;
    private final Clock clock;

    /**
     * Before the first window.
     *
     * @param backoff  TAP's last refusal and the rest after it
     * @param tapClock TAP's time
     * @param size     how long a window may be
     */
    public SourceState(TapBackoff backoff, TapClock tapClock, WindowSize size, Clock clock) {
        this.backoff = backoff;
        this.tapClock = tapClock;
        this.size = size;
        this.reading = new Reading(tapClock.steady());
        this.clock = clock;
    }

    /** TAP's last refusal and the rest after it. */
    public TapBackoff backoff() {
        return backoff;
    }

    /** TAP's time. */
    public TapClock clock() {
        return tapClock;
    }

    /** How long a window may be. */
    public WindowSize size() {
        return size;
    }

    /** How recent windows went. */
    public Reading reading() {
        return reading;
    }

    /** Whether no request may be sent now. */
    boolean isResting() {
        return backoff.isResting(clock.instant());
    }

    /**
     * Whether TAP has answered and {@linkplain TapClock#isConfirmed confirms} this machine's clock. Until then nothing
     * may be removed because of its age.
     */
    public boolean isTimeKnown() {
        return backoff.lastAnswer().isPresent() && tapClock.isConfirmed();
    }

    Horizon horizon() {
        return tapClock.horizon();
    }

    Duration longestWindow() {
        return size.longest();
    }

    /** The time of a clock that is not affected when the system clock changes. */
    Instant steadyNow() {
        return tapClock.steady().instant();
    }

    /**
     * TAP answered a window's request, readably or not.
     *
     * @param asked  when the request was sent
     * @param steady the same by {@link #steadyNow}
     */
    void answered(Purpose purpose, Instant asked, Instant steady) {
        backoff.answered(clock.instant());
        if (purpose == Purpose.POLL) {
            tapClock.answered(asked, steady);
        }
    }

    /** A read is durable. */
    void windowCommitted(DueRead read) {
        settled(List.of(read.window()));
        if (read instanceof DueRead.Poll poll) {
            settled(poll.plan().gaps());
        }
        size.read();
        reading.committed(read.purpose() == Purpose.POLL);
    }

    /** This time needs no further request: it was read or became a gap. */
    void settled(List<TimeRange> time) {
        time.forEach(backoff::settled);
    }

    /** Settles the window that TAP refuses, if it matches. */
    void settleHeld(Predicate<TimeRange> which) {
        backoff.held().filter(which).ifPresent(backoff::settled);
    }

    /**
     * An attempt at a window failed.
     *
     * @return how the window goes on; follows "will retry" in the log
     */
    String failed(AttemptFailure found, Throwable failure, TimeRange window) {
        FailureKind kind = found.kind();
        TapRefusedException refusal = found.refusal();
        Instant now = clock.instant();
        backoff.lastError().note(found.code(), now);
        if (kind == FailureKind.ENDPOINT) {
            return "";
        }
        if (kind != FailureKind.BUDGET) {
            reading.failed(found.why(), kind == FailureKind.UNREADABLE, now);
        }
        if (refusal != null) {
            backoff.refused(refusal, now);
        } else if (EnumSet.of(
                        FailureKind.TIMED_OUT,
                        FailureKind.TOO_LARGE,
                        FailureKind.TRANSIENT,
                        FailureKind.UNREADABLE,
                        FailureKind.FORMAT)
                .contains(kind)) {
            backoff.failed(now);
        }
        if (kind != FailureKind.TIMED_OUT && kind != FailureKind.TOO_LARGE) {
            size.failed();
        }
        String then = switch (kind) {
            case TIMED_OUT -> shorter(size.timedOut(window.length()));
            case TOO_LARGE -> shorter(size.tooLarge(window.length()));
            case TOO_OLD -> {
                tapClock.tooOld(window);
                yield " with a window from " + HumanText.time(horizon().edge(), now);
            }
            case STILL_CURRENT -> {
                tapClock.stillCurrent();
                yield " with a window until " + HumanText.time(horizon().now(), now)
                        + ", since this machine's clock is "
                        + tapClock.ahead()
                                .map(ahead -> ClockDifference.describe(ahead) + " TAP's")
                                .orElse("ahead of TAP's by an unknown time");
            }
            case REFUSED -> {
                backoff.hold(refusal, window);
                yield "; needs action";
            }
            case FORMAT -> {
                backoff.hold(new TapFormatException(SafeMessage.of(failure)), window);
                yield "; needs a newer version of this program";
            }
            default -> "";
        };
        return (backoff.isResting(now) ? " after " + HumanText.time(backoff.until(), now) : "") + then;
    }

    private String shorter(boolean isShorter) {
        return isShorter ? " in windows of " + HumanText.duration(size.longest()) : "";
    }
}
