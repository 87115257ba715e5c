package io.tapsentinel.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.UploadException.Answer;
import io.tapsentinel.sentinel.upload.Uploader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleCheckTest {

    private static final String LAST = "Custom-ProofPointTAPMessagesBlockedV2_CL";
    private static final String HEALTH = "Custom-TapSentinelHealth_CL";

    @TempDir
    Path folder;

    private final List<String> sent = new ArrayList<>();
    private final DoctorSetup setup = new DoctorSetup(() -> folder);
    private String refusing = "none";
    private UploadException refusal;

    @Test
    void eachStreamGetsOneEmptyArray() {
        assertThat(lines("azure"))
                .hasSize(5)
                .allMatch(line -> line.startsWith("✓ "))
                .first()
                .asString()
                .contains("dcr-12 found");
        assertThat(sent)
                .containsExactly(
                        "Custom-ProofPointTAPClicksPermittedV2_CL []",
                        "Custom-ProofPointTAPClicksBlockedV2_CL []",
                        "Custom-ProofPointTAPMessagesDeliveredV2_CL []",
                        LAST + " []");
    }

    @Test
    void healthTableIsCheckedIfEnabled() {
        setup.with("sentinel.health-table", "true");
        assertThat(lines("azure")).hasSize(6).last().asString().startsWith("✓ stream " + HEALTH);
        assertThat(sent).hasSize(5).last().isEqualTo(HEALTH + " []");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | InvalidToken          | sentinel.cloud is public
            403 | OperationFailed       | assign the identity the role Monitoring Metrics Publisher
            403 | OperationFailed       | 30 minutes
            404 | NotFound              | sentinel.dcr-immutable-id
            404 | NotFound              | dcr-12
            413 | TooLarge              | find what refuses requests
            429 | TooManyRequests       | 12,000 requests
            503 | ServiceUnavailable    | try again later
            405 | MethodNotAllowed      | check that sentinel.endpoint belongs to the rule
            """)
    void refusedRuleIsReportedOnceAndEndsTheCheck(int status, String code, String remedy) {
        refuse(
                "Custom-",
                new UploadException(status, "not shown", new Answer(code, "words of the service", "id-1", null)));

        assertThat(lines("azure")).hasSize(2);
        assertThat(lines("azure").get(0))
                .startsWith("✗ rule: " + status + " " + code + ": words of the service (request id-1); ")
                .contains(remedy);
        assertThat(lines("azure").get(1)).startsWith("- streams: ");
        assertThat(sent).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            InvalidStream | deploy the template again
            InvalidBody   | not an empty array
            """)
    void refusedStreamIsReportedAndTheOthersAreStillChecked(String code, String remedy) {
        for (String stream : new String[] {"ClicksPermitted", "MessagesBlocked"}) {
            sent.clear();
            refuse(stream, new UploadException(400, "not shown", new Answer(code, null, null, null)));
            assertThat(lines("azure"))
                    .filteredOn(line -> line.startsWith("✗ "))
                    .singleElement()
                    .asString()
                    .startsWith("✗ stream Custom-ProofPointTAP" + stream + "V2_CL: 400 " + code + "; ")
                    .contains(remedy);
            assertThat(sent).hasSize(4);
        }
    }

    @Test
    void withoutATokenNoRoleIsSuggested() {
        for (int status : new int[] {401, 403}) {
            refuse("Custom-", new UploadException(status, "not shown"));
            assertThat(lines("none").get(0))
                    .startsWith("✗ rule: " + status + "; sentinel.auth=none")
                    .doesNotContain("Publisher");
        }
    }

    @Test
    void missingAnswerIsReportedWithTheUploadersMessage() {
        refuse("Custom-", new UploadException(0, "no answer from host:443: IOException: broken"));
        assertThat(lines("azure").get(0))
                .startsWith("✗ rule: no answer from host:443: IOException: broken; ")
                .contains("try again");
    }

    @Test
    void withoutEndpointNothingIsSent() {
        setup.with("sentinel.auth", "none");
        ConfigurationCheck configuration = setup.rightConfiguration();
        TokenCheck token = token(configuration);
        RuleCheck rule = new RuleCheck(configuration, () -> false, token, settings -> uploader());

        assertThat(DoctorSetup.lines(rule))
                .hasSize(2)
                .allMatch(line -> line.startsWith("- ") && line.contains("endpoint and token"));
        assertThat(sent).isEmpty();
    }

    private void refuse(String streams, UploadException answer) {
        refusing = streams;
        refusal = answer;
    }

    private List<String> lines(String auth) {
        ConfigurationCheck configuration = setup.with("sentinel.auth", auth).rightConfiguration();
        TokenCheck token = token(configuration);
        return DoctorSetup.lines(new RuleCheck(configuration, () -> true, token, settings -> uploader()));
    }

    private TokenCheck token(ConfigurationCheck configuration) {
        TokenCheck token = new TokenCheck(
                configuration, () -> TokenCheckTest.credential("a-token"), Optional::empty, setup.clock());
        DoctorSetup.findings(token);
        return token;
    }

    private Uploader uploader() {
        return (stream, body) -> {
            sent.add(stream + " " + new String(body, StandardCharsets.UTF_8));
            if (stream.contains(refusing)) {
                throw refusal;
            }
        };
    }
}
