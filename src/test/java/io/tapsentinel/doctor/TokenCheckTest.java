package io.tapsentinel.doctor;

import static io.tapsentinel.doctor.DoctorSetup.NOW;
import static io.tapsentinel.doctor.DoctorSetup.line;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import io.tapsentinel.doctor.Finding.Mark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

class TokenCheckTest {

    private static final String OBJECT = "11111111-2222-3333-4444-555555555555";
    private static final String APPLICATION = "66666666-7777-8888-9999-000000000000";

    @TempDir
    Path folder;

    private final List<String> scopes = new CopyOnWriteArrayList<>();
    private final DoctorSetup setup = new DoctorSetup(() -> folder);

    /** Returns this token, valid for 90 minutes. */
    static TokenCredential credential(String token) {
        return request -> Mono.just(
                new AccessToken(token, NOW.plus(Duration.ofMinutes(90)).atOffset(ZoneOffset.UTC)));
    }

    @ParameterizedTest
    @CsvSource({
        "public, https://monitor.azure.com//.default",
        "usgov, https://monitor.azure.us//.default",
        "china, https://monitor.azure.cn//.default"
    })
    void tokenIsRequestedForTheCloudAndNotPrinted(String cloud, String scope) {
        setup.with("sentinel.cloud", cloud);

        assertThat(line(Mark.OK, check(request -> {
                    scopes.addAll(request.getScopes());
                    return credential("opaque-token").getToken(request);
                })))
                .isEqualTo("obtained with client secret for " + scope
                        + ", valid for 1 h 30 min; the token names no identity");
        assertThat(scopes).containsExactly(scope);
    }

    @Test
    void onlyTheIdsOfATokenArePrinted() {
        TokenCheck both = check(credential(
                jwt("{\"oid\":\"" + OBJECT + "\",\"appid\":\"" + APPLICATION + "\",\"upn\":\"jane@example.com\"}")));
        assertThat(line(Mark.OK, both))
                .endsWith("; object id " + OBJECT + ", application " + APPLICATION)
                .doesNotContain("jane", "eyJ");
        assertThat(both.identity().assignee()).isEqualTo(OBJECT);

        TokenCheck newer = check(credential(jwt("{\"oid\":\"jane\",\"azp\":\"" + APPLICATION + "\"}")));
        assertThat(line(Mark.OK, newer)).endsWith("; application " + APPLICATION);
        assertThat(newer.identity().assignee()).isEqualTo(APPLICATION);

        for (String opaque : new String[] {"a.b.c", "a.b", jwt("[1"), jwt("{}")}) {
            assertThat(line(Mark.OK, check(credential(opaque)))).endsWith("the token names no identity");
        }
    }

    @Test
    void missingAndRefusedIdentityHaveDifferentRemedies() {
        ConfigurationCheck configuration = setup.variable("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
                .rightConfiguration();
        assertThat(line(
                        Mark.PROBLEM,
                        new TokenCheck(
                                configuration, configuration.clients()::credential, Optional::empty, setup.clock())))
                .startsWith("no token for https://monitor.azure.com//.default: no Azure identity")
                .contains("AZURE_CLIENT_SECRET")
                .doesNotContain("check the identity");
        assertThat(line(
                        Mark.PROBLEM,
                        check(request -> Mono.error(
                                new IllegalStateException("AADSTS7000215: Invalid client secret provided.")))))
                .contains("AADSTS7000215")
                .contains("check the identity", "its secret");
        assertThat(line(
                        Mark.PROBLEM,
                        check(request -> Mono.error(
                                new RuntimeException("wrapped", new IOException("answer was " + jwt("{}")))))))
                .doesNotContain("eyJ");
    }

    @Test
    void withoutAuthenticationNoTokenIsRequested() {
        setup.with("sentinel.auth", "none");
        TokenCheck check = check(request -> Mono.error(new AssertionError("asked")));

        assertThat(line(Mark.OK, check)).startsWith("not needed");
        assertThat(check.isOk()).isTrue();
    }

    @Test
    void failedRequestIsNotOk() {
        TokenCheck check = check(request -> Mono.error(new IllegalStateException("no")));
        DoctorSetup.findings(check);
        assertThat(check.isOk()).isFalse();
    }

    private TokenCheck check(TokenCredential credential) {
        return new TokenCheck(
                setup.rightConfiguration(), () -> credential, () -> Optional.of("client secret"), setup.clock());
    }

    private static String jwt(String claims) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + '.'
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".signature";
    }
}
