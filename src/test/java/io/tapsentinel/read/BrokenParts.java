package io.tapsentinel.read;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.BrokenSentinel;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;

/** Programs that each break one of the three rules or a rule of suspending tables, and are correct otherwise. */
public final class BrokenParts {

    private BrokenParts() {}

    /** Creates a read of one window. */
    interface Reads {
        WindowRead read(DueRead due, Instant readAt, SeenKeys seen);
    }

    /** Rule 1: an exchange completes when its record is buffered. */
    public static Parts producerThatCompletesOnAppend() {
        return new Parts() {
            @Override
            protected SentinelComponent sentinel(Clock clock, Clock steady) {
                return BrokenSentinel.completesOnAppend();
            }
        };
    }

    /** Rule 2: a key is durable as soon as it is seen, as with Camel's own repositories. */
    public static Parts repositoryThatPersistsInAdd() {
        return new Parts() {
            @Override
            protected IdempotentRepository repository(EventType type, SeenKeys seen) {
                return new SeenRepository(type, seen) {
                    @Override
                    public boolean add(Exchange exchange, String key) {
                        boolean added = super.add(exchange, key);
                        if (added) {
                            seen.delivered(0, List.of(exchange.getProperty(TapEvent.PROPERTY, TapEvent.class)));
                        }
                        return added;
                    }
                };
            }
        };
    }

    /** Rule 2: a window commits when its split has ended, whatever the outcomes. */
    public static Parts windowWithoutCommitGuard() {
        return reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            void verify() {
                // the mistake
            }
        });
    }

    /** Rule 2: the reader throws inside the split instead of ending it quietly. */
    public static Parts readerThatThrowsInsideTheSplit() {
        return reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            public Iterator<TapEvent> events(Iterator<TapEvent> answer, UnroutedElements unknown) {
                return throwing(answer, whole -> super.events(whole, unknown));
            }
        });
    }

    /** An event is deferred while an open request contains it. */
    public static Parts producerThatDefersWhatItSends() {
        return new Parts() {
            @Override
            protected SentinelComponent sentinel(Clock clock, Clock steady) {
                return BrokenSentinel.defersEventsInFlight(clock);
            }
        };
    }

    /** A suspended table is probed with an empty array. */
    public static Parts probeWithoutRecords() {
        return new Parts() {
            @Override
            protected Uploader uploader(RunContext run, Uploader usual) {
                return BrokenSentinel.probesWithEmptyArray(usual, run.sentinel().suspensions());
            }
        };
    }

    /** Reads for this purpose commit without recording what they deferred. */
    public static Parts readThatForgetsWhatItDeferred(Purpose forgetful) {
        return reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            void defer(Connection connection) throws SQLException {
                if (due.purpose() != forgetful) {
                    super.defer(connection);
                }
            }
        });
    }

    /** The backlog of the table is recorded, but not the deferred events, so sweeps miss them. */
    public static Parts readThatForgetsWhichEventsItDeferred() {
        return reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            void defer(Connection connection) throws SQLException {
                super.defer(connection);
                connection.createStatement().executeUpdate("DELETE FROM deferred");
            }
        });
    }

    /** Events that are late because their table was suspended count as late. */
    public static Parts readThatCountsDeferredEventsAsLate() {
        return reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            public synchronized void settled(TapEvent event, Exception exception, Supplier<String> cause) {
                BrokenEventLife.neverDeferred(event);
                super.settled(event, exception, cause);
            }
        });
    }

    /** A catch-up requests the threat statuses of polls. */
    public static Parts catchUpWithoutFalsePositives() {
        return reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            List<String> threatStatus(List<String> usual) {
                return usual;
            }
        });
    }

    /** A duplicate of an event of the same answer must be delivered although that event is deferred. */
    public static Parts guardThatKnowsNoDeferredTwin() {
        return reading((due, readAt, seen) -> new WindowRead(due, readAt, seen, () -> false) {
            @Override
            public boolean isDeferred(Sighting skipped) {
                return false;
            }
        });
    }

    /** A program with these reads. */
    static Parts reading(Reads reads) {
        return new Parts() {
            @Override
            protected WindowAttempts attempts(RunContext run, SeenKeys seen, SourceState tap, ReadListener listener) {
                return new WindowAttempts(seen, tap, List.of(), run.clock(), run.stop(), listener, run.internal()) {
                    @Override
                    WindowRead newRead(DueRead due, Instant readAt) {
                        return reads.read(due, readAt, seen);
                    }
                };
            }
        };
    }

    /** Counts and supplies events correctly but lets the reader's exception through. */
    private static Iterator<TapEvent> throwing(Iterator<TapEvent> answer, UnaryOperator<Iterator<TapEvent>> quiet) {
        RuntimeException[] thrown = new RuntimeException[1];
        Iterator<TapEvent> honest = quiet.apply(new Iterator<>() {
            @Override
            public boolean hasNext() {
                try {
                    return answer.hasNext();
                } catch (RuntimeException e) {
                    thrown[0] = e;
                    throw e;
                }
            }

            @Override
            public TapEvent next() {
                return answer.next();
            }
        });
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                boolean more = honest.hasNext();
                if (thrown[0] != null) {
                    throw thrown[0];
                }
                return more;
            }

            @Override
            public TapEvent next() {
                return honest.next();
            }
        };
    }
}
