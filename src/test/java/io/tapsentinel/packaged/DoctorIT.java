package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.DoctorPage.Scenario;
import io.tapsentinel.testing.LiveServices;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The doctor where all is well, where nothing is set, and where one thing is wrong; {@link DoctorPageIT} has all else that it finds. */
class DoctorIT extends DoctorRun {

    private static final List<String> STREAMS =
            List.of("ClicksPermitted", "ClicksBlocked", "MessagesDelivered", "MessagesBlocked");

    @Test
    void allIsWellAndNothingIsLeftBehind() throws Exception {
        List<String> lines = examine(Scenario.ALL_WELL, 0);

        assertThat(lines).hasSize(13).allMatch(line -> line.startsWith("✓ "));
        assertThat(lines).anyMatch(line -> line.startsWith("✓ token: ") && line.contains(DoctorServices.OBJECT));
        for (String stream : STREAMS) {
            assertThat(lines).anyMatch(line -> line.startsWith("✓ stream Custom-ProofPointTAP" + stream + "V2_CL: "));
        }
        assertThat(stage.tap().requests()).as("requests to TAP").isEqualTo(1);
        assertThat(stage.gate().passed()).as("requests with the token").hasSize(STREAMS.size());
        assertThat(stage.services().tables().rows()).as("rows").isEmpty();
        assertThat(launch.work()).isEmptyDirectory();
    }

    @Test
    void whereNothingIsConfiguredItSaysWhatIsMissingAndThatThereIsASandbox() throws Exception {
        for (String property :
                new String[] {"tap.url", "tap.principal", "tap.secret", "sentinel.endpoint", "sentinel.dcr-immutable-id"
                }) {
            launch.without(property);
        }
        assertThat(examine(Scenario.NOTHING_SET, 1))
                .first()
                .asString()
                .startsWith(
                        "✗ configuration: missing: tap.principal, tap.secret or tap.secret-file, sentinel.endpoint, sentinel.dcr-immutable-id;")
                .contains("mvn compile camel:run");
        assertThat(stage.tap().requests()).isZero();
    }

    @Test
    void aWrongSecretIsToldAndTheRestIsLookedAtAllTheSame() throws Exception {
        launch.with("tap.secret", LiveServices.SECRET + "-of-last-year");

        assertThatOnly("TAP", "TAP answered 401", examine(Scenario.WRONG_SECRET, 1));
        assertThat(stage.tap().requests()).isEqualTo(1);
    }
}
