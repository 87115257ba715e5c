package io.tapsentinel.yamlroutes;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.CLICKS_PERMITTED;
import static io.tapsentinel.event.EventType.MESSAGES_BLOCKED;
import static io.tapsentinel.yamlroutes.RoutesFixture.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.yamlroutes.RoutesFixture.Sent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped routes. */
class RoutesTest {

    @TempDir
    Path folder;

    @AutoClose
    private RoutesFixture routes;

    @BeforeEach
    void open() throws Exception {
        routes = new RoutesFixture(folder);
    }

    @Test
    void eachTypeReachesItsTable() throws Exception {
        routes.start();
        List<Sent> sent = new ArrayList<>();
        for (EventType type : EventType.values()) {
            sent.add(routes.send(type, "id-of-" + type));
        }
        assertThat(sent).allMatch(one -> one.outcome() == Outcome.DELIVERED);
        for (EventType type : EventType.values()) {
            assertThat(routes.uploader.sent(stream(type), "id")).containsExactly("id-of-" + type);
            assertThat(routes.durable(type)).isEqualTo(1);
        }
    }

    @Test
    void keysBecomeDurableWithTheAcknowledgement() throws Exception {
        routes.start();
        routes.uploader.hold();
        Sent one = routes.send(CLICKS_BLOCKED, "1");
        Sent two = routes.send(CLICKS_BLOCKED, "2");
        await("the batch is on its way").until(() -> routes.uploader.inFlight() == 1);
        assertThat(routes.durable()).isZero();
        assertThat(one.isDone() || two.isDone()).isFalse();

        routes.uploader.release();

        assertThat(one.outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(two.outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(routes.durable(CLICKS_BLOCKED)).isEqualTo(2);
    }

    @Test
    void durableKeyIsADuplicate() throws Exception {
        routes.start();
        assertThat(routes.send(CLICKS_BLOCKED, "1").outcome()).isEqualTo(Outcome.DELIVERED);

        Sent again = routes.send(CLICKS_BLOCKED, "1");

        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(again.failure()).isNull();
        assertThat(routes.send(CLICKS_PERMITTED, "1").outcome())
                .as("another type")
                .isEqualTo(Outcome.DELIVERED);
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "id")).containsExactly("1");
    }

    @Test
    void reservedKeyIsADuplicateOfAReservedOne() throws Exception {
        routes.start();
        routes.uploader.hold();
        Sent first = routes.send(CLICKS_BLOCKED, "1");

        Sent again = routes.send(CLICKS_BLOCKED, "1");

        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE_OF_RESERVED);
        assertThat(first.isDone()).isFalse();
        routes.uploader.release();
        assertThat(first.outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "id")).containsExactly("1");
    }

    @Test
    void failedBatchReleasesItsKeys() throws Exception {
        routes.editRoute("clicks-blocked", "lingerMs: 500", "deliveryTimeoutMs: 1")
                .start();
        assertThat(routes.send(CLICKS_BLOCKED, "before").outcome()).isEqualTo(Outcome.DELIVERED);
        routes.uploader.failNext(stream(CLICKS_BLOCKED), new UploadException(500, "refused"));
        routes.uploader.hold();
        Sent failed = routes.send(CLICKS_BLOCKED, "failed");
        Sent other = routes.send(MESSAGES_BLOCKED, "other");
        await("two uploads wait").until(() -> routes.uploader.inFlight() == 2);

        routes.uploader.release(stream(CLICKS_BLOCKED));

        assertThat(failed.failure()).hasMessageContaining("deliveryTimeoutMs").hasMessageContaining("refused");
        assertThat(failed.event().getOutcome().isSettled()).isFalse();
        assertThat(routes.send(MESSAGES_BLOCKED, "other").outcome()).isEqualTo(Outcome.DUPLICATE_OF_RESERVED);
        assertThat(routes.send(CLICKS_BLOCKED, "before").outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(routes.send(CLICKS_BLOCKED, "failed").outcome())
                .as("released")
                .isEqualTo(Outcome.DELIVERED);
        routes.uploader.release();
        assertThat(other.outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(routes.durable()).isEqualTo(3);
    }

    @Test
    void eachTypeHasARouteAndRouteIdsMatchTheirInputs() throws Exception {
        List<String> ids = new ArrayList<>();
        for (Path file : yaml()) {
            for (RouteDefinition route : load(file)) {
                String from = route.getInput().getEndpointUri();
                ids.add(route.getRouteId());
                assertThat(from.startsWith("direct:") ? from : "direct:" + route.getRouteId())
                        .as(file + ": " + route.getRouteId())
                        .isEqualTo("direct:" + route.getRouteId());
                assertThat(route.getDescriptionText())
                        .as(route.getRouteId() + " has a description")
                        .isNotBlank();
            }
        }
        assertThat(ids)
                .contains("tap-poll", "tap-fetch", "tap-event")
                .doesNotHaveDuplicates()
                .containsAll(List.of(EventType.values()).stream()
                        .map(EventType::routeId)
                        .toList());
    }

    @Test
    void routeFilesHoldNoSecrets() throws Exception {
        assertThat(yaml())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Files.readString(file).toLowerCase())
                        .doesNotContain(
                                "secret", "password", "authorization", "authpassword", "authusername", "token"));
    }

    private static List<Path> yaml() throws Exception {
        try (var files = Files.list(Path.of("routes"))) {
            // not a route file
            return files.filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        }
    }

    /** The definitions in a file; starts nothing. */
    private static List<RouteDefinition> load(Path file) throws Exception {
        assertThat(file.toString()).endsWith(".camel.yaml");
        ModelCamelContext context = new DefaultCamelContext();
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString(file.getFileName().toString(), Files.readString(file)));
        return context.getRouteDefinitions();
    }
}
