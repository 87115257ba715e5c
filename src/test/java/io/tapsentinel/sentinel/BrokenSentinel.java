package io.tapsentinel.sentinel;

import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.batch.PendingRecord;
import io.tapsentinel.sentinel.batch.Suspension;
import io.tapsentinel.sentinel.batch.TableSuspendedException;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.Producer;

/** Components with a deliberate mistake in their producer. */
public final class BrokenSentinel {

    private static final String STREAM = "Custom-";

    private BrokenSentinel() {}

    /** Reports an event as delivered when its record is in the batch, as an aggregator would. */
    public static SentinelComponent completesOnAppend() {
        return component(Clock.systemUTC(), endpoint -> new Own(endpoint) {
            @Override
            protected void append(PendingRecord record) throws InterruptedException {
                super.append(withoutEnd(record, record.event()));
                EventLife.advance(record.event(), Outcome.SENDING, Outcome.DELIVERED);
                record.settled().accept(null);
            }
        });
    }

    /** Defers the event of a suspended table while its record is being sent as a probe: its key is released too early. */
    public static SentinelComponent defersEventsInFlight(Clock clock) {
        return component(clock, endpoint -> new Own(endpoint) {
            @Override
            protected void append(PendingRecord record) throws InterruptedException {
                Suspension suspension =
                        endpoint.getComponent().suspensions().of(record.event().getType());
                if (suspension.suspended().isEmpty()) {
                    super.append(record);
                } else {
                    // the sender continues with a copy that is not deferred
                    super.append(withoutEnd(record, twin(record.event())));
                    record.settled().accept(new TableSuspendedException(endpoint.getTable()));
                }
            }
        });
    }

    /** Ends a suspension when the table accepts an empty array. */
    public static Uploader probesWithEmptyArray(Uploader uploader, Suspensions suspensions) {
        return new Uploader() {
            @Override
            public void upload(String stream, byte[] body) throws UploadException {
                uploader.upload(stream, body);
            }

            @Override
            public void upload(String stream, byte[] body, Duration most) throws UploadException {
                Suspension suspension = suspensions.of(
                        EventType.ofTable(stream.substring(STREAM.length())).orElseThrow());
                if (suspension.suspended().isPresent()) {
                    uploader.upload(stream, Uploader.noRecords(), most);
                    suspension.failures().acknowledge();
                    suspension.end(true);
                }
                uploader.upload(stream, body, most);
            }
        };
    }

    private static TapEvent twin(TapEvent event) {
        TapEvent twin =
                new TapEvent(event.getType(), event.getKey(), event.getVerdict(), event.getTime(), event.getFields());
        BrokenEventLife.put(twin, Outcome.SENDING);
        return twin;
    }

    private static PendingRecord withoutEnd(PendingRecord record, TapEvent event) {
        return new PendingRecord(event, record.fields(), record.json(), record.window(), failure -> {});
    }

    private static SentinelComponent component(Clock clock, Function<SentinelEndpoint, Producer> producers) {
        return new SentinelComponent(clock, clock) {
            @Override
            protected Endpoint createEndpoint(String uri, String table, Map<String, Object> parameters)
                    throws Exception {
                SentinelEndpoint endpoint = new SentinelEndpoint(
                        uri, this, table, getConfiguration().copy()) {
                    @Override
                    public Producer createProducer() {
                        return producers.apply(this);
                    }
                };
                // the generated configurer does not know this class
                setProperties(endpoint.getConfiguration(), parameters);
                parameters.clear();
                return endpoint;
            }
        };
    }

    private static class Own extends SentinelProducer {

        Own(SentinelEndpoint endpoint) {
            super(
                    endpoint,
                    TableSchema.of(endpoint.getTable()),
                    endpoint.getConfiguration().batchSettings(),
                    endpoint.getConfiguration().retrySettings());
        }
    }
}
