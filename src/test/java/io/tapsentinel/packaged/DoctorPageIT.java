package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.DoctorPage.Scenario;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.TmpfsMount;
import io.tapsentinel.testing.TokenGate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All else that the doctor finds; and that its page is made of nothing but what it prints. */
@Tag("full")
class DoctorPageIT extends DoctorRun {

    @Test
    void theHealthTableIsLookedAtWhereItIsWanted() throws Exception {
        launch.with("sentinel.health-table", "true");

        assertThat(run(0)).contains("✓ stream Custom-TapSentinelHealth_CL: takes an empty array; no row was written");
        assertThat(stage.services().tables().rows()).as("rows").isEmpty();
    }

    @Test
    void aRunningProgramIsNotInItsWayNorTheOtherWayRound() throws Exception {
        launch.with("tap.poll.cron", "0 0 0 1 1 ? 2090").with("tap.sweep.ages", "none");
        try (PackagedProgram program = launch.start()) {
            program.awaitLine("keeps its state in", SOON);
            program.health().awaitUp(SOON);

            assertThat(examine(Scenario.RUNNING, 0))
                    .anyMatch(line -> line.contains("in use by process " + program.pid() + " since "));
            assertThat(program.isAlive()).isTrue();
            assertThat(program.output()).doesNotContain("WARN").doesNotContain("ERROR");
        }
    }

    @Test
    void anUnknownRuleIsToldByItsIdAndNoStreamIsAskedAfterTheFirst() throws Exception {
        launch.with("sentinel.dcr-immutable-id", "dcr-ffffffffffffffffffffffffffffffff");

        assertThatOnly("rule", "dcr-ffffffffffffffffffffffffffffffff", examine(Scenario.UNKNOWN_RULE, 1));
        assertThat(stage.gate().passed()).hasSize(1);
    }

    @Test
    void aMissingRoleIsToldWithWhomToGiveItAndHowLongThatTakes() throws Exception {
        stage.refuse(
                "/streams/",
                403,
                "OperationFailed",
                "The authentication token provided does not have access to ingest data for this"
                        + " data collection rule");

        assertThatOnly("rule", "Monitoring Metrics Publisher", examine(Scenario.MISSING_ROLE, 1))
                .contains("403 OperationFailed")
                .contains("--assignee " + DoctorServices.OBJECT)
                .contains("30 minutes");
    }

    @Test
    void aStreamThatIsNotDeclaredIsNamedAndTheOthersAreWell() throws Exception {
        stage.refuse(
                "MessagesBlocked", 400, "InvalidStream", "The stream is not configured in this data collection rule");

        List<String> lines = examine(Scenario.NO_STREAM, 1);
        assertThatOnly("stream Custom-ProofPointTAPMessagesBlockedV2_CL", "400 InvalidStream", lines)
                .contains("azuredeploy.json");
        assertThat(lines).filteredOn(line -> line.startsWith("✓ stream ")).hasSize(3);
    }

    @Test
    void hostsThatCannotBeReachedAreToldApartByTheirCause() throws Exception {
        launch.with("tap.url", "http://127.0.0.1:1").with("sentinel.endpoint", "https://rule.example.invalid");

        assertThat(examine(Scenario.UNREACHABLE, 1))
                .anyMatch(line -> line.startsWith("✗ TAP: 127.0.0.1:1 takes no connection"))
                .anyMatch(line -> line.startsWith("✗ endpoint: the name rule.example.invalid has no address"));
    }

    @Test
    void anAuthorityThatIsNotTrustedIsToldWithThePropertyThatNamesIt() throws Exception {
        launch.without("tls.ca-file");

        assertThatOnly("endpoint", "tls.ca-file", examine(Scenario.UNTRUSTED, 1));
        assertThat(stage.gate().passed()).isEmpty();
    }

    @Test
    void httpIsRefusedBeforeAnybodyIsAsked() throws Exception {
        launch.with("tap.url", "http://tap-api-v2.proofpoint.com").with("sentinel.endpoint", "http://rule.example.com");

        assertThat(examine(Scenario.HTTP, 1))
                .filteredOn(line -> line.startsWith("✗ "))
                .hasSize(2)
                .allMatch(line -> line.startsWith("✗ configuration: ") && line.contains("http for loopback only"));
    }

    @Test
    void aStoreThatCannotBeMadeIsToldWithWhatIsInItsWay() throws Exception {
        Path file = Files.createFile(launch.work().resolve("state"));

        assertThatOnly("store", file + " is no folder", examine(Scenario.UNWRITABLE, 1));
    }

    @Test
    void aDiskThatCannotBeWrittenOrHasNoRoomIsToldAndNotTried() throws Exception {
        try (TmpfsMount mount = TmpfsMount.at(launch.work().resolve("state"), "1m")) {
            assertThat(run(1))
                    .anyMatch(line -> line.startsWith("✗ store: state.url: only ") && line.contains(" MB are free"));
            mount.change("ro");
            assertThat(run(1))
                    .anyMatch(line -> line.startsWith("✗ store: ") && line.contains("cannot be written by this user"));
        }
    }

    @Test
    void anIdentityWithoutATokenIsTold() throws Exception {
        stage.withoutIdentity();

        assertThatOnly("token", "none is to be had", examine(Scenario.NO_TOKEN, 1));
        assertThat(stage.gate().passed()).isEmpty();
        assertThat(stage.gate().refused())
                .as("the look whether anybody is there")
                .extracting(TokenGate.Request::token)
                .containsExactly("null");
    }

    @Test
    void aClockThatIsWrongIsToldAndNothingElse() throws Exception {
        stage.tap().script(call -> request -> request.send(request.forward().with("date", now(-122))));

        assertThatOnly("clock", "ahead of TAP's", examine(Scenario.SKEWED, 1));
    }

    private static String now(int seconds) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plusSeconds(seconds).atOffset(ZoneOffset.UTC));
    }

    @Test
    void aPoolThatIsUsedUpIsToldWithWhoseDoingItIs() throws Exception {
        stage.tap()
                .script(call -> request ->
                        request.send(Answer.of(429, "text/plain", "The limit of requests per 24 hours is exceeded")
                                .with("date", now(0))));

        assertThat(examine(Scenario.THROTTLED, 1))
                .anyMatch(line -> line.startsWith("✗ TAP: TAP answered 429"))
                .anyMatch(line -> line.startsWith("✗ budget: ") && line.contains("another client"));
        assertThat(stage.tap().requests()).isEqualTo(1);
    }

    @Test
    void thePageIsMadeOfNothingElse() throws Exception {
        DoctorPage.assertThatItIsWhole();
    }
}
