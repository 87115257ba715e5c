package io.tapsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.net.Redactor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks this process's secrets in texts. */
class OwnSecretsTest {

    private static final String SECRET = OwnSecrets.know("pass w\u00f6rd/\"with+all");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pass w\u00f6rd/\"with+all",
                "pass+w%C3%B6rd%2F%22with%2Ball",
                "pass w\u00f6rd/\\\"with+all",
                "cGFzcyB3w7ZyZC8id2l0aCthbGw",
                "pass+w%c3%b6rd%2f%22with%2ball",
                "pass%20w%C3%B6rd/%22w%69th%2ball",
                "pass w\\u00F6rd\\/\\\"with\\u002ball",
                "pass w&#246;rd&#x2F;&quot;with&#43;all",
                "p\0a\0s\0s\0 \0w\u00f6\0r\0d\0/\0\"\0w\0i\0t\0h\0+\0a\0l\0l\0"
            })
    void everyEncodingOfASecretIsMasked(String spelling) {
        assertThat(OwnSecrets.mask("bad credentials for sp:" + spelling + "!"))
                .isEqualTo("bad credentials for sp:******!");
        assertThat(Redactor.line("x".repeat(280) + " " + spelling)).endsWith(" ******");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eHBhc3Mgd8O2cmQvIndpdGgrYWxsIQ",
                "eHlwYXNzIHfDtnJkLyJ3aXRoK2FsbCE",
                "eHk6cGFzcyB3w7ZyZC8id2l0aCthbGwh"
            })
    void secretInsideBase64IsMasked(String encoded) {
        assertThat(OwnSecrets.mask(encoded)).matches("\\w{2,4}\\*{6}\\w{0,3}");
    }

    @Test
    void secretThatContainsAnotherIsMaskedCompletely() {
        OwnSecrets.know("outer-inner-secret-of-a-test");
        OwnSecrets.know("inner-secret-of-a-test");

        assertThat(OwnSecrets.mask("outer-inner-secret-of-a-test")).isEqualTo("******");
        assertThat(OwnSecrets.mask("inner-secret-of-a-test.")).isEqualTo("******.");
    }

    @Test
    void secretsOfEightCharactersAreMasked() {
        OwnSecrets.know("seven77");
        OwnSecrets.know("eight888");

        assertThat(OwnSecrets.mask("seven77 eight888")).isEqualTo("seven77 ******");
    }

    @Test
    void azureSecretsInTheEnvironmentAreMasked() {
        OwnSecrets.knowAll(Map.of("AZURE_CLIENT_SECRET", "client-secret-of-a-test", "PATH", "no-secret-of-a-test"));

        assertThat(OwnSecrets.mask("client-secret-of-a-test no-secret-of-a-test"))
                .isEqualTo("****** no-secret-of-a-test");
    }

    @ParameterizedTest
    @CsvSource({"UTF-8", "ISO-8859-1", "US-ASCII"})
    void secretWrittenInPartsIsMaskedAndOtherTextIsUnchanged(Charset charset) {
        OwnSecrets.know("secret-of-a-stream");
        PrintStream out = OwnSecrets.masking(new PrintStream(written, true, charset), charset);

        out.print("the secret-of");
        out.print("-a-stream\tand a-\u00e4");
        out.println();
        out.print("more");
        out.flush();

        assertThat(written.toString(charset))
                .isEqualTo(new String(
                        ("the ******\tand a-\u00e4" + System.lineSeparator() + "more").getBytes(charset), charset));
    }

    @Test
    void lineInAnotherCharsetIsUnchanged() {
        PrintStream out = OwnSecrets.masking(
                new PrintStream(written, true, StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);

        out.writeBytes("\u2713 well\n".getBytes(StandardCharsets.UTF_8));

        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("\u2713 well\n");
    }

    @Test
    void controlCharactersBecomeSpaces() {
        PrintStream out =
                OwnSecrets.masking(new PrintStream(written, true, StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        out.print("a\u001b[31mb\u0000c\u009b1md\u007fe\rf\u00e9\u202eg\n");

        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("a [31mbc 1md e f\u00e9 g\n");
    }
}
