package io.tapsentinel.sentinel;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.HeldUploader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context with the component, an uploader that can be held and a delivery log that can fail. */
final class SentinelFixture implements AutoCloseable {

    static final EventType TYPE = EventType.CLICKS_BLOCKED;
    static final String STREAM = "Custom-" + TYPE.table();

    final CamelContext context = new DefaultCamelContext();
    final SentinelComponent component = new SentinelComponent();
    final HeldUploader uploader = new HeldUploader();
    /** What happened, in order: uploaded, delivered, completed. */
    final List<String> journal = Collections.synchronizedList(new ArrayList<>());

    final List<TapEvent> delivered = Collections.synchronizedList(new ArrayList<>());
    final List<String> unknownFields = Collections.synchronizedList(new ArrayList<>());
    final AtomicReference<RuntimeException> failDelivery = new AtomicReference<>();

    SentinelFixture() {
        context.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
        context.getShutdownStrategy().setTimeout(100);
        uploader.onReturn(() -> journal.add("uploaded"));
        component.setUploader(uploader);
        component.setDeliveryLog((request, batch) -> log(batch));
        component.setMappingReport(new MappingReport() {
            @Override
            public void unknownField(String table, String field) {
                unknownFields.add(table + " " + field);
            }

            @Override
            public void lossyValue(String table, String column) {
                throw new AssertionError("nothing here is lossy");
            }
        });
        context.addComponent("sentinel", component);
    }

    /** Starts a context with one route from {@code direct:in} to this URI. */
    SentinelFixture routeTo(String uri) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:in").routeId("in").to(uri);
            }
        });
        context.start();
        return this;
    }

    static String uri(String options) {
        return "sentinel:" + TYPE.table() + "?" + options;
    }

    /** A reserved event. */
    static TapEvent reserved(String id) {
        TapEvent event = Events.event(TYPE, id);
        EventLife.advance(event, Outcome.NONE, Outcome.RESERVED);
        return event;
    }

    Sent send(TapEvent event) throws Exception {
        return send(event, event);
    }

    /** Sends without waiting for completion. */
    Sent send(TapEvent event, Object body) throws Exception {
        Endpoint endpoint = context.getEndpoint("direct:in");
        Exchange exchange = endpoint.createExchange();
        exchange.setProperty(TapEvent.PROPERTY, event);
        exchange.getMessage().setBody(body);
        Sent sent = new Sent(exchange, new CompletableFuture<>(), new AtomicInteger());
        AsyncProducer producer = endpoint.createAsyncProducer();
        producer.start();
        producer.process(exchange, doneSync -> {
            sent.callbacks().incrementAndGet();
            journal.add("completed");
            sent.end().complete(exchange);
        });
        return sent;
    }

    List<Sent> sendAll(int number) throws Exception {
        List<Sent> all = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            all.add(send(reserved("id-" + i)));
        }
        return all;
    }

    private void log(Collection<TapEvent> batch) {
        if (failDelivery.get() != null) {
            throw failDelivery.getAndSet(null);
        }
        delivered.addAll(batch);
        journal.add("delivered");
    }

    /** A sent exchange. */
    record Sent(Exchange exchange, CompletableFuture<Exchange> end, AtomicInteger callbacks) {

        boolean isDone() {
            return end.isDone();
        }

        /** The exception it failed with, or null. */
        Exception failure() {
            return end.orTimeout(20, TimeUnit.SECONDS).join().getException();
        }
    }

    @Override
    public void close() {
        uploader.release();
        context.stop();
    }
}
