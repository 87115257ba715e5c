package io.tapsentinel.read;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.rejected.RejectedException;
import io.tapsentinel.rejected.RejectedStore;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.AttemptTable.Attempt;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.UnreadableTime;
import io.tapsentinel.store.ledger.UnreadableTime.Step;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import io.tapsentinel.tap.plan.Unreadable.How;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.StreamCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles complete answers that cannot be read or that end the process: halves their time, and turns the shortest part
 * that stays unreadable into a gap. Attempts at that part store the answer at {@code tap.rejected.uri} before reading it, so
 * that it survives whatever happens. For the thread with the source's lock.
 */
public final class UnreadAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(UnreadAnswers.class);

    /** How long to wait for the store, so that it cannot keep a broken process alive. */
    private static final Duration ENDING = Duration.ofSeconds(2);

    private final UnreadableTime time;
    private final RejectedStore rejected;
    /** An attempt whose row could not be removed although its process continues. */
    private Attempt left;

    public UnreadAnswers(UnreadableTime time, RejectedStore rejected) {
        this.time = time;
        this.rejected = rejected;
    }

    /** Call it before anything is planned. An attempt that is still in the store ended its process. */
    void checkForEndedProcess() {
        Optional<Attempt> found = time.attempts().find();
        if (found.isEmpty()) {
            return;
        }
        if (left != null && found.get().window().equals(left.window())) {
            time.attempts().end();
        } else {
            LOG.warn(
                    "the previous process ended while it read TAP's answer for {}",
                    found.get().window().toText());
            failed(found.get(), found.get().error() ? How.ERROR : How.END, Gap.ENDED, true);
        }
        left = null;
    }

    /**
     * An answer arrived and will be read now.
     *
     * @throws RejectedException when it must be stored first and cannot be
     */
    void begin(WindowRead read, StreamCache answer) {
        TimeRange window = read.window();
        if (time.detour().bad().stream().anyMatch(range -> isLast(range, window))) {
            String name = RejectedDocument.answerName(window);
            rejected.storeAnswer(name, answer);
        }
        time.attempts().begin(attempt(read));
    }

    /** A catch-up is recorded as a sweep: both re-read time, and older programs on the same store know the word. */
    private static Attempt attempt(WindowRead read) {
        return new Attempt(
                read.window(),
                read.due().purpose() == Purpose.CATCH_UP
                        ? Purpose.SWEEP
                        : read.due().purpose());
    }

    private static boolean isLast(Unreadable range, TimeRange window) {
        return range.isShortest() && range.times() > 0 && range.avoided().overlaps(window);
    }

    /** The window was committed with all types. */
    void committed(TimeRange window) {
        String name = RejectedDocument.answerName(window);
        if (rejected.removeAnswer(name)) {
            LOG.info("{} was read after all; {} is removed from tap.rejected.uri", window.toText(), name);
        }
    }

    /** Records that an Error is about to end the process, if the process can still do so. */
    void noteError(Throwable failure) {
        if (FatalErrors.errorIn(failure).isEmpty()) {
            return;
        }
        try {
            Thread note = new Thread(
                    () -> {
                        try {
                            time.attempts().noteError();
                        } catch (RuntimeException | Error e) {
                            // the next start counts the attempt anyway, without its cause
                        }
                    },
                    "tap-ending");
            note.setDaemon(true);
            note.start();
            note.join(ENDING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OutOfMemoryError e) {
            // as above
        }
    }

    /** A failed read no longer counts as one that may end the process. With an Error its row stays. */
    void endAttempt(WindowRead read, Throwable failure) {
        if (FatalErrors.errorIn(failure).isPresent()) {
            return;
        }
        try {
            time.attempts().end();
        } catch (StoreException e) {
            // otherwise the next run would assume that the process had ended
            left = attempt(read);
        }
    }

    /**
     * A complete answer could not be read, or the answer exceeds the limit.
     *
     * @return what happens to its time; null when nothing new is known about it
     */
    String failed(WindowRead read, String why) {
        return failed(attempt(read), How.ANSWER, why, read.answer().hasArrived());
    }

    private String failed(Attempt attempt, How how, String why, boolean isStored) {
        Step step = time.failed(attempt, how, why);
        for (TimeRange gap : step.gaps()) {
            LOG.error(
                    "gap: {} cannot be read after {} attempts: {}. Look up this time in the TAP dashboard{}",
                    gap.toText(),
                    how.attempts(),
                    why,
                    isStored
                            ? ", or correct TAP's answer, stored at tap.rejected.uri as "
                                    + RejectedDocument.answerName(attempt.window()) + ", and move it to tap.replay.uri"
                            : "");
        }
        if (step.isGap()) {
            return "still a gap";
        }
        if (!step.gaps().isEmpty()) {
            return "now a gap";
        }
        if (step.known() && step.least()) {
            return "will retry in " + HumanText.duration(Unreadable.APART) + "; a gap if that fails too";
        }
        return step.known() ? "will retry in smaller windows" : null;
    }
}
