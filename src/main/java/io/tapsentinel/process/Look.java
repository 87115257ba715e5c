package io.tapsentinel.process;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A question that may never be answered, such as one to the store. A thread of its own asks it, one look at a time: while a look hangs, no
 * other begins, and a caller waits at most until {@link #PATIENCE} after its beginning. Monotonic time counts. Thread-safe.
 */
public final class Look<T> {

    /** How long an answer may take. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String what;
    private final Supplier<T> question;
    private final Duration kept;
    private final Clock clock;
    private final Duration patience;
    private Asked<T> newest;
    private volatile Answer<T> last;

    /** Each caller gets a new look, or the one that is going on. @param what is looked at, for the thread's name */
    public Look(String what, Supplier<T> question) {
        this(what, question, PATIENCE);
    }

    /**
     * @param kept  how long after its end a look serves later callers, also when it failed
     * @param clock tells that; it is not set when the machine's clock is
     */
    public Look(String what, Supplier<T> question, Duration kept, Clock clock) {
        this(what, question, kept, clock, PATIENCE);
    }

    /** @param patience how long an answer may take here */
    public Look(String what, Supplier<T> question, Duration patience) {
        this(what, question, Duration.ZERO, new SteadyClock(), patience);
    }

    Look(String what, Supplier<T> question, Duration kept, Clock clock, Duration patience) {
        this.clock = clock;
        this.what = what;
        this.question = question;
        this.kept = kept;
        this.patience = patience;
    }

    /** There was no answer in time. */
    public static final class NoAnswerException extends RuntimeException {

        private NoAnswerException(Duration waited) {
            super("no answer for " + waited.toSeconds() + " s");
        }
    }

    /** What a look found. */
    public static final class Answer<T> {

        private final T value;
        private final long begun;

        private Answer(T value, long begun) {
            this.value = value;
            this.begun = begun;
        }

        public T value() {
            return value;
        }

        /** How long ago the look began. */
        public Duration age() {
            return Duration.ofNanos(System.nanoTime() - begun);
        }
    }

    /** One look that has begun. */
    public static final class Asked<T> {

        private final Duration patience;
        private final FutureTask<T> task;
        private final long begun;
        /** When its task was done; meaningless before. */
        private volatile Instant ended;

        private Asked(Look<T> look) {
            ended = look.clock.instant();
            patience = look.patience;
            begun = System.nanoTime();
            task = new FutureTask<>(() -> {
                try {
                    T value = look.question.get();
                    look.last = new Answer<>(value, begun);
                    return value;
                } finally {
                    ended = look.clock.instant();
                }
            });
            Thread thread = new Thread(task, "tap-looks-at-" + look.what);
            thread.setDaemon(true);
            thread.start();
        }

        /**
         * Waits for the answer.
         *
         * @throws NoAnswerException when there is none in time
         * @throws RuntimeException  what the question threw
         */
        public T get() {
            try {
                return task.get(patience.toNanos() - age(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw noAnswer();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw noAnswer();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e.getCause();
            }
        }

        private NoAnswerException noAnswer() {
            return new NoAnswerException(Duration.ofNanos(age()));
        }

        private long age() {
            return System.nanoTime() - begun;
        }
    }

    /** Begins a look without waiting for it, so that several can go on side by side. */
    public synchronized Asked<T> ask() {
        if (newest == null || newest.task.isDone() && !clock.instant().isBefore(newest.ended.plus(kept))) {
            newest = new Asked<>(this);
        }
        return newest;
    }

    /** Asks and waits. */
    public T get() {
        return ask().get();
    }

    /** The last answer, however old; empty before the first. */
    public Optional<Answer<T>> last() {
        return Optional.ofNullable(last);
    }
}
