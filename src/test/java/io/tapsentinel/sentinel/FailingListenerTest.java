package io.tapsentinel.sentinel;

import static io.tapsentinel.sentinel.SentinelFixture.STREAM;
import static io.tapsentinel.sentinel.SentinelFixture.reserved;
import static io.tapsentinel.sentinel.SentinelFixture.uri;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sentinel.batch.DeliveryListener;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.testing.LogLines;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners that throw do not affect deliveries. */
@Timeout(30)
class FailingListenerTest {

    private static final String SECRET = "alice@example.org";

    @AutoClose
    private final SentinelFixture fixture = new SentinelFixture();

    @RegisterExtension
    final LogLines log = new LogLines();

    @ParameterizedTest
    @ValueSource(strings = {"requested", "acknowledged", "accepted", "failing"})
    void throwingListenerDoesNotFailDeliveries(String method) throws Exception {
        fixture.component.deliveryStatus().addListeners(table -> throwing(DeliveryListener.class, method));
        fixture.routeTo(uri("lingerMs=0&retryBackoffMs=10"));
        fixture.uploader.failNext(STREAM, new UploadException(503, "busy"));

        for (int i = 0; i < 3; i++) {
            assertThat(fixture.send(reserved("" + i)).failure()).isNull();
        }

        assertThat(fixture.delivered).hasSize(3);
        assertThat(fixture.component.deliveryStatus().acknowledged()).isEqualTo(3);
        assertThat(fixture.component.deliveryStatus().problems()).isEmpty();
        assertSaidOnce(method);
    }

    @Test
    void listenerThatThrowsOnGivenUpBatchLeavesNoExchangeParked() throws Exception {
        fixture.component.deliveryStatus().addListeners(table -> throwing(DeliveryListener.class, "givenUp"));
        fixture.routeTo(uri("lingerMs=0"));
        fixture.failDelivery.set(new IllegalStateException("disk full"));

        assertThat(fixture.send(reserved("1")).failure()).hasMessage("disk full");
        assertThat(fixture.send(reserved("2")).failure()).isNull();
        assertSaidOnce("givenUp");
    }

    @Test
    void routesStartWhenAListenerCannotBeCreated() throws Exception {
        fixture.component.deliveryStatus().addListeners(table -> {
            throw new IllegalArgumentException(SECRET);
        });
        fixture.routeTo(uri("lingerMs=0"));

        assertThat(fixture.send(reserved("1")).failure()).isNull();
        assertSaidOnce("Function.apply");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknownField", "lossyValue"})
    void throwingMappingReportDoesNotFailEvents(String method) throws Exception {
        fixture.component.setMappingReport(throwing(MappingReport.class, method));
        fixture.routeTo(uri("lingerMs=0"));
        for (int i = 0; i < 3; i++) {
            var event = reserved("" + i);
            Map<String, Object> body = new HashMap<>(event.getFields());
            body.put("brandNew", 1);
            body.put("clickTime", "yesterday");
            assertThat(fixture.send(event, body).failure()).isNull();
        }
        assertSaidOnce(method);
    }

    /** The message contains content, as a library's may. */
    private static <T> T throwing(Class<T> type, String method) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, called, args) -> {
            if (called.getName().equals(method)) {
                throw new ArithmeticException(SECRET);
            }
            return null;
        }));
    }

    private void assertSaidOnce(String what) {
        List<String> said = log.lines().stream()
                .filter(line -> line.startsWith("WARN") && line.contains(what))
                .toList();
        assertThat(said).hasSize(1).noneMatch(line -> line.contains(SECRET));
    }
}
