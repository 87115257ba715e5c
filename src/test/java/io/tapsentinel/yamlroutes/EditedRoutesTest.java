package io.tapsentinel.yamlroutes;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.MESSAGES_BLOCKED;
import static io.tapsentinel.yamlroutes.RoutesFixture.ROUTER;
import static io.tapsentinel.yamlroutes.RoutesFixture.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.testing.Events;
import io.tapsentinel.yamlroutes.RoutesFixture.Sent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Edits of the shipped routes take effect. A mistake stops the flow with a message that names it, and neither loses nor duplicates an
 * event.
 */
class EditedRoutesTest {

    private static final String FILTER = """
            - filter:
                simple: "${body.fields[id]} == 'unwanted'"
                steps:
                  - to:
                      uri: direct:filtered
            """;

    private static final String CONSUMER = """
            - idempotentConsumer:
                idempotentRepository: clicksBlockedSeen
                simple: "${body.key}"
                steps:
            """;

    @TempDir
    Path folder;

    @AutoClose
    private RoutesFixture routes;

    @BeforeEach
    void open() throws Exception {
        routes = new RoutesFixture(folder);
    }

    @Test
    void tableOfAnotherTypeIsRefused() throws Exception {
        routes.editRoute("clicks-blocked", "sentinel:" + CLICKS_BLOCKED.table(), "sentinel:" + MESSAGES_BLOCKED.table())
                .start();

        Sent sent = routes.send(CLICKS_BLOCKED, "1");

        assertThat(sent.failure())
                .hasMessageContainingAll(
                        "sentinel: clicksBlocked ",
                        " belongs to table " + CLICKS_BLOCKED.table(),
                        "not to " + MESSAGES_BLOCKED.table());
        assertThat(routes.uploader.calls()).isEmpty();
        assertThat(routes.durable()).isZero();
    }

    @Test
    void eventDroppedByStopHasNoOutcome() throws Exception {
        routes.withFirstStep("clicks-blocked", """
                - filter:
                    simple: "${body.fields[id]} == 'unwanted'"
                    steps:
                      - stop: {}
                """).start();

        assertThat(routes.send(CLICKS_BLOCKED, "wanted").outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(routes.send(CLICKS_BLOCKED, "unwanted").outcome()).isEqualTo(Outcome.NONE);
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "id")).containsExactly("wanted");
    }

    @Test
    void filteredEventIsNotSentAndKeepsItsKeyFree() throws Exception {
        routes.withFirstStep("clicks-blocked", FILTER).start();

        assertThat(routes.send(CLICKS_BLOCKED, "wanted").outcome()).isEqualTo(Outcome.DELIVERED);
        Sent unwanted = routes.send(CLICKS_BLOCKED, "unwanted");
        assertThat(unwanted.failure()).as("passes no further step").isNull();
        assertThat(unwanted.outcome()).isEqualTo(Outcome.FILTERED);
        assertThat(unwanted.event().getFilteredBy()).isEqualTo("before-clicks-blocked");
        assertThat(routes.durable()).isEqualTo(1);
    }

    @Test
    void deliveredEventThatIsFilteredLaterIsADuplicate() throws Exception {
        routes.seen.delivered(
                routes.seen.sending(List.of(Events.event(CLICKS_BLOCKED, "unwanted"))),
                List.of(Events.event(CLICKS_BLOCKED, "unwanted")));
        routes.withFirstStep("clicks-blocked", FILTER).start();

        assertThat(routes.send(CLICKS_BLOCKED, "unwanted").outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void replayedRejectedEventIsFiltered() throws Exception {
        routes.seen.rejected(Events.event(CLICKS_BLOCKED, "unwanted"));
        routes.withFirstStep("clicks-blocked", FILTER).start();

        assertThat(routes.send(EventLife.resend(Events.event(CLICKS_BLOCKED, "unwanted")))
                        .outcome())
                .isEqualTo(Outcome.FILTERED);
    }

    @Test
    void eventThatIsSettledAlreadyIsRefusedByTheRepository() throws Exception {
        routes.start();
        TapEvent filtered = Events.event(CLICKS_BLOCKED, "1");
        EventLife.advance(filtered, Outcome.NONE, Outcome.FILTERED);

        assertThat(routes.send(filtered).failure()).hasMessageContaining("clicksBlockedSeen was asked twice");
        assertThat(routes.send(CLICKS_BLOCKED, "1").outcome())
                .as("not reserved")
                .isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void filterAfterTheRepositoryReleasesTheKey() throws Exception {
        routes.editRoute(
                        "clicks-blocked",
                        "            steps:\n              - to:\n                  id: clicks-blocked-sentinel",
                        "            steps:\n" + FILTER.indent(14)
                                + "              - to:\n                  id: clicks-blocked-sentinel")
                .start();

        Sent unwanted = routes.send(CLICKS_BLOCKED, "unwanted");
        assertThat(unwanted.outcome()).isEqualTo(Outcome.FILTERED);
        assertThat(unwanted.event().getFilteredBy()).isEqualTo("clicks-blocked");
        assertThat(routes.send(CLICKS_BLOCKED, "unwanted").outcome())
                .as("released")
                .isEqualTo(Outcome.FILTERED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"multicast:", "split:\n    simple: \"${body}\""})
    void filteringACopyIsRefused(String copying) throws Exception {
        routes.withFirstStep("clicks-blocked", "- " + copying + """

                    steps:
                      - to:
                          uri: direct:filtered
                """).start();

        assertThat(routes.send(CLICKS_BLOCKED, "1").failure())
                .hasMessageContaining("direct:filtered received a copy of clicksBlocked");
    }

    @Test
    void filteringAfterSentinelIsRefused() throws Exception {
        routes.editRoute(
                        "clicks-blocked",
                        "lingerMs: 500\n",
                        "lingerMs: 500\n" + "- to:\n    uri: direct:filtered\n".indent(14))
                .start();

        assertThat(routes.send(CLICKS_BLOCKED, "1").failure())
                .hasMessageContaining("which is already DELIVERED")
                .hasMessageContaining("before sentinel:");
        assertThat(routes.send(CLICKS_BLOCKED, "1").outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "advance('NONE', 'DELIVERED')",
                "filteredBy('me')",
                "carriedBy('me')",
                "resend()",
                "changed(${null})",
                "outcome.set('DELIVERED')",
                "setOutcome('DELIVERED')"
            })
    void expressionCannotSetAnOutcome(String call) throws Exception {
        routes.withFirstStep("clicks-blocked", "- script:\n    simple: \"${body." + call + "}\"\n- stop: {}\n")
                .start();

        Sent sent = routes.send(CLICKS_BLOCKED, "1");

        assertThat(sent.outcome()).isEqualTo(Outcome.NONE);
        assertThat(sent.event().getFilteredBy()).isEmpty();
        assertThat(sent.event().isResend()).isFalse();
    }

    @Test
    void lingerMsSetsHowLongABatchStaysOpen() throws Exception {
        routes.editRoute("clicks-blocked", "lingerMs: 500", "lingerMs: 60000").start();
        Sent lingering = routes.send(CLICKS_BLOCKED, "1");

        assertThat(routes.send(MESSAGES_BLOCKED, "2").outcome()).isEqualTo(Outcome.DELIVERED);
        await("the edited route lingers").during(Duration.ofMillis(200)).until(() -> !lingering.isDone());

        routes.sentinel.drain();
        assertThat(lingering.outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void changedFieldsAreSent() throws Exception {
        routes.withFirstStep("clicks-blocked", """
                - script:
                    simple: "${body.fields.put('sender', 'hidden')}"
                """).start();

        assertThat(routes.send(CLICKS_BLOCKED, "1").outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "sender")).containsExactly("hidden");
    }

    @ParameterizedTest
    @CsvSource({
        "clicksBlockedSeen, clicksPermittedSeen, clicksPermittedSeen, clicksBlocked",
        "${body.key}, ${body.fields[GUID]}, clicksBlockedSeen, ${body.key}",
        "idempotentRepository:, 'eager: false\n" + "            idempotentRepository:', is not reserved, clicksBlocked"
    })
    void wrongRepositoryOrKeyExpressionFailsAndNamesTheRightOne(String from, String to, String one, String other)
            throws Exception {
        routes.editRoute("clicks-blocked", from, to).start();

        assertFails(routes.send(CLICKS_BLOCKED, "1"), Outcome.NONE, one, other);
    }

    @Test
    void eventRoutedToAnotherTypesRouteFailsAndNamesTheRepository() throws Exception {
        routes.edit(ROUTER, "uri: direct:clicks-blocked", "uri: direct:clicks-permitted")
                .start();

        assertFails(routes.send(CLICKS_BLOCKED, "1"), Outcome.NONE, "clicksPermittedSeen", "clicksBlocked");
    }

    @Test
    void eventWithoutIdempotentConsumerIsRefused() throws Exception {
        routes.withSteps("clicks-blocked", """
                - to:
                    uri: sentinel:ProofPointTAPClicksBlockedV2_CL
                """).start();

        assertFails(routes.send(CLICKS_BLOCKED, "1"), Outcome.NONE, "is not reserved", "idempotentConsumer");
    }

    @Test
    void duplicateThatReachesSentinelIsRefused() throws Exception {
        routes.editRoute(
                        "clicks-blocked",
                        "idempotentRepository:",
                        "skipDuplicate: false\n            idempotentRepository:")
                .start();
        assertThat(routes.send(CLICKS_BLOCKED, "1").outcome()).isEqualTo(Outcome.DELIVERED);

        assertFails(routes.send(CLICKS_BLOCKED, "1"), Outcome.DUPLICATE, "is already DUPLICATE");
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "id")).containsExactly("1");
    }

    @Test
    void eventThatNeverReachesSentinelStaysUnsettledAndReleasesItsKey() throws Exception {
        routes.withSteps("clicks-blocked", CONSUMER + """
                  - setBody:
                      constant: the step to sentinel is gone
            """.indent(8)).start();

        Sent sent = routes.send(CLICKS_BLOCKED, "1");

        assertThat(sent.failure()).isNull();
        assertThat(sent.event().getOutcome().isSettled()).isFalse();
        assertThat(routes.durable()).isZero();
        assertThat(routes.send(CLICKS_BLOCKED, "1").outcome().isSettled())
                .as("released")
                .isFalse();
    }

    @Test
    void eventWithoutAMatchingRouteHasNoOutcome() throws Exception {
        routes.edit(ROUTER, "'CLICKS_BLOCKED'", "'NO_SUCH_TYPE'").start();

        assertThat(routes.send(CLICKS_BLOCKED, "1").outcome()).isEqualTo(Outcome.NONE);
    }

    @Test
    void twoSentinelStepsSendTheEventOnce() throws Exception {
        routes.withSteps("clicks-blocked", CONSUMER + """
                  - multicast:
                      parallelProcessing: true
                      steps:
                        - to:
                            uri: sentinel:ProofPointTAPClicksBlockedV2_CL
                        - to:
                            uri: sentinel:ProofPointTAPClicksBlockedV2_CL
            """.indent(8)).start();

        routes.send(CLICKS_BLOCKED, "1").failure();

        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "id")).containsExactly("1");
    }

    @Test
    void wireTappedEventIsSentOnceWhenItIsReadAgain() throws Exception {
        routes.withSteps("clicks-blocked", CONSUMER + """
                  - wireTap:
                      uri: sentinel:ProofPointTAPClicksBlockedV2_CL
            """.indent(8)).start();
        routes.uploader.hold();
        Sent first = routes.send(CLICKS_BLOCKED, "1");
        assertThat(first.outcome().isSettled()).as("its window fails").isFalse();

        // read again while the first record may still be in flight
        Sent again = routes.send(CLICKS_BLOCKED, "1");
        assertThat(again.failure()).isNull();
        routes.uploader.release();

        await("whatever was taken has been sent")
                .during(Duration.ofMillis(200))
                .until(() -> routes.sentinel.deliveryStatus().pending() == 0);
        routes.send(CLICKS_BLOCKED, "1").failure();
        assertThat(routes.uploader.sent(stream(CLICKS_BLOCKED), "id").size())
                .isEqualTo((int) routes.durable())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void routeWithRedeliveriesDeliversOnce() throws Exception {
        routes.editRoute("clicks-blocked", "noErrorHandler: {}", """
                defaultErrorHandler:
                        redeliveryPolicy:
                          maximumRedeliveries: 1
                          redeliveryDelay: "0"
                """).start();
        routes.uploader.failNext(stream(CLICKS_BLOCKED), new UploadException(503, "upload refused: 503"));

        routes.send(CLICKS_BLOCKED, "1").failure();
        routes.send(CLICKS_BLOCKED, "1").failure();

        assertThat(routes.uploader.acknowledged()).isEqualTo(1);
        assertThat(routes.durable()).isEqualTo(1);
    }

    private void assertFails(Sent sent, Outcome outcome, String... words) {
        assertThat(sent.failure()).hasMessageContainingAll(words);
        assertThat(sent.event().getOutcome()).isEqualTo(outcome);
        if (outcome == Outcome.NONE) {
            assertThat(routes.uploader.calls()).isEmpty();
            assertThat(routes.durable()).isZero();
        }
    }
}
