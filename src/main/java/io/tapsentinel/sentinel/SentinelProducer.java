package io.tapsentinel.sentinel;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.process.ProgramErrorException;
import io.tapsentinel.sentinel.batch.BatchAccumulator;
import io.tapsentinel.sentinel.batch.BatchSender;
import io.tapsentinel.sentinel.batch.BatchSettings;
import io.tapsentinel.sentinel.batch.BatchTarget;
import io.tapsentinel.sentinel.batch.PendingRecord;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.sentinel.batch.RetrySettings;
import io.tapsentinel.sentinel.batch.Suspension;
import io.tapsentinel.sentinel.batch.TableSuspendedException;
import io.tapsentinel.sentinel.schema.RecordMapper;
import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * Turns an event into a row of its table, adds it to the open batch and parks the exchange. The exchange completes when
 * Sentinel has acknowledged the record and its key is durable, or with an exception if that failed or the table is
 * suspended. The callback is called once on every path. {@link #process} blocks while {@code maxPending} records are
 * parked.
 */
public class SentinelProducer extends DefaultAsyncProducer {

    private final TableSchema schema;
    private final BatchSettings batching;
    private final RetrySettings retry;
    private final Suspension suspension;
    private RecordMapper mapper;
    private BatchSender sender;

    public SentinelProducer(
            SentinelEndpoint endpoint, TableSchema schema, BatchSettings batching, RetrySettings retry) {
        super(endpoint);
        this.schema = schema;
        this.batching = batching;
        this.retry = retry;
        this.suspension = endpoint.getComponent()
                .suspensions()
                .of(EventType.ofTable(schema.table()).orElseThrow());
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        TapEvent event = null;
        try {
            event = ExchangeEvent.take(exchange, schema.table());
            if (suspension.isDeferring()) {
                throw new TableSuspendedException(schema.table());
            }
            if (take(exchange, event, callback)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(
                    exchange,
                    event,
                    new IllegalStateException("interrupted while waiting for room in the batch (maxPending)"));
        } catch (RuntimeException e) {
            failed(exchange, event, e);
        } catch (Error e) {
            // an exchange that never completes would block its window and all later ones
            failed(exchange, event, new ProgramErrorException("sentinel:", e));
        }
        callback.done(true);
        return true;
    }

    /** Returns true if the record is in a batch, false if it was rejected. */
    private boolean take(Exchange exchange, TapEvent event, AsyncCallback callback) throws InterruptedException {
        Map<String, Object> fields = ExchangeEvent.fields(exchange, event);
        MappedRecord mapped = mapper.map(fields, event.getTime());
        EventLife.mapped(event, mapped.time());
        PendingRecord record = new PendingRecord(
                event,
                fields,
                mapped.json(),
                exchange.getProperty(TapEvent.WINDOW),
                failure -> end(exchange, event, failure, callback));
        if (!BatchAccumulator.fits(record)) {
            component().rejections().reject(record, Reason.TOO_LARGE, null);
            return false;
        }
        if (!mapped.cappedColumns().isEmpty()) {
            component().rejections().storeUncut(record);
        }
        append(record);
        return true;
    }

    private void end(Exchange exchange, TapEvent event, Exception failure, AsyncCallback callback) {
        component().deliveryStatus().end(failure instanceof TableSuspendedException ? null : failure);
        if (failure == null) {
            exchange.getMessage().setHeader(SentinelConstants.TABLE, schema.table());
        } else {
            failed(exchange, event, failure);
        }
        callback.done(false);
    }

    private void failed(Exchange exchange, TapEvent event, Exception failure) {
        exchange.setException(failure);
        if (event != null) {
            EventLife.advance(
                    event,
                    Outcome.SENDING,
                    failure instanceof TableSuspendedException ? Outcome.DEFERRED : Outcome.RELEASED);
        }
    }

    /** Hands the record to the sender; returns before it is acknowledged. */
    protected void append(PendingRecord record) throws InterruptedException {
        component().deliveryStatus().take();
        try {
            sender.append(record);
        } catch (InterruptedException | RuntimeException e) {
            component().deliveryStatus().end(e);
            throw e;
        }
    }

    void drain() {
        sender.drain();
    }

    @Override
    public SentinelEndpoint getEndpoint() {
        return (SentinelEndpoint) super.getEndpoint();
    }

    private SentinelComponent component() {
        return getEndpoint().getComponent();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        mapper = new RecordMapper(schema, component().getMappingReport());
        BatchTarget target = new BatchTarget(
                schema,
                component().getUploader(),
                component().getDeliveryLog(),
                component().rejections(),
                component().deliveryStatus().listen(schema.table()),
                suspension);
        sender = new BatchSender(
                target,
                batching,
                retry,
                component().fatalErrors(),
                component().stopTime(),
                component().getCamelContext(),
                this);
        component().started(this);
    }

    @Override
    protected void doStop() throws Exception {
        component().stopped(this);
        sender.stop();
        super.doStop();
    }
}
