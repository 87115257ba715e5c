package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.config.OwnSecrets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of a service reach the log without what they quote of a record. */
class RedactorTest {

    private static final Set<String> NAMES =
            Set.of("subject", "recipient", "ProofPointTAPClicksBlockedV2_CL", "Custom-ProofPointTAPClicksBlockedV2_CL");

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            value = {
                "Invalid value 'Overdue invoice' for column 'subject'|Invalid value '...'",
                "Column 'subject' of 'Custom-ProofPointTAPClicksBlockedV2_CL' is long|Column 'subject' of 'Custom-ProofPointTAPClicksBlockedV2_CL' is long",
                "Value \"Re: 'offer' for Falcon\" is invalid|Value \"...\" is invalid",
                "'the boys' secret plan' is invalid|'...' is invalid",
                "\u201ehello there\u201c is too long|\u201e...\u201c is too long",
                "the value Project Falcon is invalid|the value ... invalid",
                "the value Project Falcon is late|the value ... late",
                "the value project   FALCON, no more|the value ..., no more",
                "the value Project_Falcon\u00a0IS late|the value ... late",
                "bad address 2001:db8::8a2e:370:7334 in it|bad address ... in it",
                "Column \"recipient\" cannot hold \"ann@example.com\"|Column \"recipient\" cannot hold \"...\"",
                "ann@example.com is no number|... is no number",
                "cannot read https://evil.example.com/x?y=1 here|cannot read ... here",
                "bad address 192.0.2.17 in it|bad address ... in it",
                "Record {\"subject\":\"hello\"} is invalid|Record ...",
                "rows [1, 2] are invalid|rows ...",
                "\u201chello there\u201d is too long|\u201c...\u201d is too long",
                "The data collection rule's stream doesn't exist|The data collection rule's stream doesn't exist",
                "Stream 'Custom-ProofPointTAPClicksBlockedV2_CL' is unknown|Stream 'Custom-ProofPointTAPClicksBlockedV2_CL' is unknown",
                "Maximum allowed content length: 1048576 bytes (1 MB)|Maximum allowed content length: 1048576 bytes (1 MB)"
            })
    void namesAndWordsStayAndContentIsRemoved(String said, String shown) {
        assertThat(Redactor.words(said, "[{\"subject\":\"Project Falcon is late\"}]", NAMES))
                .isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\t", "\u001b", "\u0085", "\u009b", "\u202e", "\u2028", "\u2029", " \n \n "})
    void textIsOneLine(String separator) {
        assertThat(Redactor.line("one" + separator + "two" + separator)).isEqualTo("one two");
    }

    @Test
    void secretsAreMaskedBeforeOtherSteps() {
        for (String secret :
                List.of("deadbeefcafe0123456789abcdef0011", "Correct'Horse battery@stable{Zebra", "S3cret+Of/A-Test")) {
            OwnSecrets.know(secret);
            for (String text : List.of(
                    "bad credentials sp::" + secret,
                    "bad credentials for sp:" + secret + "'",
                    "bad credentials" + " ".repeat(10_000) + secret,
                    "bad credentials" + " ".repeat(100) + secret.substring(0, secret.length() - 1))) {
                assertThat(Redactor.words(text, "", Set.of()))
                        .startsWith("bad credentials")
                        .doesNotContain(secret.substring(0, 5), secret.substring(secret.length() - 8));
            }
        }
    }

    @Test
    void textIsBounded() {
        assertThat(Redactor.line("x".repeat(1_000_000))).hasSize(300);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJ4In0.c2lnbmF0dXJl",
                "eyJ0eXAiOiJKV1QifQ",
                "Bearer opaque-0123456789_abcdef",
                "Basic cXVpZXQ6em9uZS1vZi1vbmU"
            })
    void tokenIsRemoved(String token) {
        String secret = token.replaceFirst("^(Bearer|Basic) ", "");
        for (String before : new String[] {"the token ", "\"", "x".repeat(270) + " "}) {
            assertThat(Redactor.line(before + token + " is wrong"))
                    .doesNotContain(secret.substring(0, 8))
                    .contains("...");
        }
    }
}
