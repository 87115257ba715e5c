package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.batch.PendingRecord;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.tap.Handling;
import io.tapsentinel.tap.Outcome;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Producer;

/** Components with a mistake in their producer. */
public final class BrokenSentinel {

    private BrokenSentinel() {}

    /** Calls an event delivered when its record is in the batch, as an aggregator would. */
    public static SentinelComponent completesOnAppend() {
        return new SentinelComponent() {
            @Override
            protected Endpoint createEndpoint(String uri, String table, Map<String, Object> parameters)
                    throws Exception {
                SentinelEndpoint endpoint = new SentinelEndpoint(
                        uri, this, table, getConfiguration().copy()) {
                    @Override
                    public Producer createProducer() {
                        return new SentinelProducer(
                                this,
                                TableSchema.of(table),
                                getConfiguration().batchSettings(),
                                getConfiguration().retrySettings()) {
                            @Override
                            protected void append(PendingRecord record) throws InterruptedException {
                                super.append(new PendingRecord(
                                        record.event(),
                                        record.fields(),
                                        record.json(),
                                        record.window(),
                                        failure -> {}));
                                Handling.advance(record.event(), Outcome.SENDING, Outcome.DELIVERED);
                                record.settled().accept(null);
                            }
                        };
                    }
                };
                // the generated configurer knows the class, not this one
                setProperties(endpoint.getConfiguration(), parameters);
                parameters.clear();
                return endpoint;
            }
        };
    }
}
