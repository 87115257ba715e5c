package io.tapsentinel.sentinel;

import static io.tapsentinel.sentinel.SentinelFixture.TYPE;
import static io.tapsentinel.sentinel.SentinelFixture.reserved;
import static io.tapsentinel.sentinel.SentinelFixture.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.SentinelFixture.Sent;
import io.tapsentinel.testing.Events;
import java.util.List;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code sentinel:} refuses at the start and from an exchange, and its messages. */
class SentinelRefusalsTest {

    @AutoClose
    private final SentinelFixture fixture = new SentinelFixture();

    @Test
    void exchangeWithoutEventFails() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));

        assertRefused(fixture.send(null, reserved("1").getFields()), "carries no TAP event", "idempotentConsumer");
    }

    @ParameterizedTest
    @EnumSource(value = Outcome.class, names = "RESERVED", mode = EnumSource.Mode.EXCLUDE)
    void eventThatIsNotReservedFails(Outcome outcome) throws Exception {
        fixture.routeTo(uri("lingerMs=0"));
        TapEvent event = Events.event(TYPE, "1");
        BrokenEventLife.put(event, outcome);

        assertRefused(
                fixture.send(event),
                "clicksBlocked",
                outcome == Outcome.NONE ? "is not reserved" : "is already " + outcome);
    }

    @Test
    void bodyThatIsNeitherEventNorMapFails() throws Exception {
        fixture.routeTo(uri("lingerMs=0"));

        assertRefused(
                fixture.send(reserved("1"), "{\"subject\":\"hello\"}"),
                "the event or a map of its fields",
                "java.lang.String");
        assertRefused(fixture.send(reserved("1"), null), "the event or a map of its fields");
    }

    @Test
    void unknownTableFailsTheStartAndListsKnownTables() {
        assertThatThrownBy(() -> fixture.routeTo("sentinel:ProofPointTAPClicksV2_CL"))
                .rootCause()
                .hasMessageContaining("ProofPointTAPClicksV2_CL")
                .hasMessageContaining("known: ProofPointTAPClicksBlockedV2_CL");
    }

    @ParameterizedTest
    @CsvSource({
        "batchBytes=999,1000 and 1000000",
        "batchBytes=1048576,1000 and 1000000",
        "batchRecords=0,1 and 100000",
        "lingerMs=60001,0 and 60000",
        "lingerMs=-1,0 and 60000",
        "maxPending=0,1 and 1000000",
        "retryBackoffMs=9,10 and 60000",
        "retryBackoffMaxMs=999,1000 and 3600000",
        "deliveryTimeoutMs=-1,0 and"
    })
    void optionOutOfBoundsFailsTheStart(String option, String bound) {
        assertThatThrownBy(() -> fixture.routeTo(uri(option)))
                .rootCause()
                .hasMessageContaining(option.replace("=", " is "))
                .hasMessageContaining("between " + bound);
    }

    @Test
    void unknownOptionFailsTheStart() {
        assertThatThrownBy(() -> fixture.routeTo(uri("lingerSeconds=5")))
                .rootCause()
                .hasMessageContaining("lingerSeconds")
                .hasMessageContaining(TYPE.table());
    }

    @Test
    void consumerIsNotSupported() {
        assertThatThrownBy(() -> fixture.context.getEndpoint(uri("lingerMs=0")).createConsumer(exchange -> {}))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("sentinel: only sends records");
    }

    @Test
    void endpointsInheritOptionsOfTheComponent() {
        fixture.component.getConfiguration().setLingerMs(7);

        SentinelEndpoint plain = fixture.context.getEndpoint("sentinel:" + TYPE.table(), SentinelEndpoint.class);
        SentinelEndpoint own = fixture.context.getEndpoint(uri("lingerMs=9"), SentinelEndpoint.class);

        assertThat(plain.getConfiguration().getLingerMs()).isEqualTo(7);
        assertThat(own.getConfiguration().getLingerMs()).isEqualTo(9);
        assertThat(fixture.component.getConfiguration().getLingerMs()).isEqualTo(7);
    }

    @Test
    void generatedConfigurersAreUsed() {
        SentinelEndpoint endpoint = fixture.context.getEndpoint(uri("lingerMs=9"), SentinelEndpoint.class);

        assertThat(fixture.component.getComponentPropertyConfigurer()).isInstanceOf(SentinelComponentConfigurer.class);
        assertThat(endpoint.getComponent().getEndpointPropertyConfigurer())
                .isInstanceOf(SentinelEndpointConfigurer.class);
        for (String name : List.of(
                "configurer/sentinel-component",
                "configurer/sentinel-endpoint",
                "component/sentinel",
                "urifactory/sentinel-endpoint")) {
            assertThat(getClass().getResource("/META-INF/services/org/apache/camel/" + name))
                    .as(name)
                    .isNotNull();
        }
        PropertyConfigurer found = PluginHelper.getConfigurerResolver(fixture.context)
                .resolvePropertyConfigurer("sentinel-endpoint-configurer", fixture.context);
        assertThat(found).isInstanceOf(SentinelEndpointConfigurer.class);
    }

    private void assertRefused(Sent sent, String... words) {
        assertThat(sent.failure()).isInstanceOf(RuntimeException.class).hasMessageContainingAll(words);
        assertThat(sent.callbacks()).hasValue(1);
        assertThat(fixture.uploader.calls()).isEmpty();
        assertThat(fixture.component.deliveryStatus().pending()).isZero();
    }
}
