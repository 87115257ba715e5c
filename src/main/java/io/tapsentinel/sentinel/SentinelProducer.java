package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.batch.BatchAccumulator;
import io.tapsentinel.sentinel.batch.BatchSender;
import io.tapsentinel.sentinel.batch.BatchSettings;
import io.tapsentinel.sentinel.batch.PendingRecord;
import io.tapsentinel.sentinel.schema.MappedRecord;
import io.tapsentinel.sentinel.schema.RecordMapper;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.tap.Outcome;
import io.tapsentinel.tap.TapEvent;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.ThreadPoolBuilder;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.apache.camel.util.ObjectHelper;

/**
 * Types an event by its table's schema, appends it to the open batch and parks the exchange: it completes when Sentinel
 * has acknowledged the record and its key is durable, with an exception when that failed. Every path calls the callback
 * once. {@link #process} waits while {@code maxPending} records are parked.
 */
public class SentinelProducer extends DefaultAsyncProducer {

    /** Whatever is still parked when a route has stopped already was given its time. */
    private static final long STOP_SECONDS = 1;

    private final TableSchema schema;
    private final BatchSettings settings;
    private RecordMapper mapper;
    private BatchAccumulator accumulator;
    private ExecutorService sender;
    private ExecutorService callbacks;

    public SentinelProducer(SentinelEndpoint endpoint, TableSchema schema, BatchSettings settings) {
        super(endpoint);
        this.schema = schema;
        this.settings = settings;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            TapEvent event = reserved(exchange);
            MappedRecord record = mapper.map(fields(exchange), event.getTime());
            append(new PendingRecord(event, record.json(), failure -> {
                if (failure == null) {
                    exchange.getMessage().setHeader(SentinelConstants.TABLE, schema.table());
                } else {
                    component().getDeliveryLog().failed(event);
                    exchange.setException(failure);
                }
                callback.done(false);
            }));
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.setException(new IllegalStateException("interrupted while waiting for room (maxPending)"));
        } catch (RuntimeException e) {
            exchange.setException(e);
        } catch (Error e) {
            // an exchange that never ends would hold its window, and with it every later one, for ever
            exchange.setException(new IllegalStateException("sentinel: failed: " + e.getClass().getName(), e));
        }
        callback.done(true);
        return true;
    }

    /** Hands the record over; returns before it was acknowledged. */
    protected void append(PendingRecord record) throws InterruptedException {
        Deliveries deliveries = component().deliveries();
        deliveries.appended();
        try {
            accumulator.append(record);
        } catch (InterruptedException | RuntimeException e) {
            deliveries.notAppended();
            throw e;
        }
    }

    void drain() {
        accumulator.drain();
    }

    private TapEvent reserved(Exchange exchange) {
        TapEvent event = exchange.getProperty(TapEvent.PROPERTY, TapEvent.class);
        if (event != null && !event.getType().table().equals(schema.table())) {
            throw new IllegalStateException("sentinel: " + schema.table() + " refuses " + event + ", whose table is "
                    + event.getType().table());
        }
        if (event == null || !event.advance(Outcome.RESERVED, Outcome.SENDING)) {
            throw new IllegalStateException("sentinel: refuses " + (event == null ? "an exchange that carries no TAP event" : event)
                    + ", since no repository has reserved it; put it inside idempotentConsumer");
        }
        return event;
    }

    private static Map<String, Object> fields(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof TapEvent event) {
            return event.getFields();
        }
        if (body instanceof Map<?, ?> map) {
            @SuppressWarnings("unchecked") // other keys than text meet no column
            Map<String, Object> fields = (Map<String, Object>) map;
            return fields;
        }
        throw new IllegalArgumentException("sentinel: takes the event or a map of its fields as body, not "
                + ObjectHelper.classCanonicalName(body));
    }

    private SentinelComponent component() {
        return ((SentinelEndpoint) getEndpoint()).getComponent();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        SentinelComponent component = component();
        mapper = new RecordMapper(schema, component.getMappingReport());
        accumulator = new BatchAccumulator(settings, System::nanoTime);
        var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
        sender = executors.newSingleThreadExecutor(this, "sentinel-upload-" + schema.table());
        // one batch of callbacks runs while another one waits; with more the sender helps
        callbacks = new ThreadPoolBuilder(getEndpoint().getCamelContext()).poolSize(1).maxPoolSize(1).maxQueueSize(1)
                .rejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns).build(this, "sentinel-settle-" + schema.table());
        sender.submit(new BatchSender(schema.stream(), accumulator, component.getUploader(), component.getDeliveryLog(),
                callbacks, (records, failure) -> component.deliveries().settled(schema.table(), records, failure)));
        component.started(this);
    }

    /**
     * Sends what is open and fails what cannot be sent. Camel interrupts the thread that stops a route when its own time
     * is up, which must not leave an exchange parked.
     */
    @Override
    protected void doStop() throws Exception {
        boolean interrupted = Thread.interrupted();
        component().stopped(this);
        accumulator.close();
        sender.shutdown();
        if (!hasEnded(sender)) {
            accumulator.abandon(new IllegalStateException("the producer was stopped before this batch was sent"));
            // what is on its way fails on the sender's thread
            sender.shutdownNow();
            hasEnded(sender);
        }
        // after the sender, since a pool that has ended drops what it is given
        callbacks.shutdown();
        hasEnded(callbacks);
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(callbacks);
        super.doStop();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean hasEnded(ExecutorService pool) {
        try {
            return pool.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }
}
