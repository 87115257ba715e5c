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

    /** Gives this token, good for an hour and a half. */
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
    void itIsAskedForTheCloudAndToldWithoutBeingShown(String cloud, String scope) {
        setup.with("sentinel.cloud", cloud);

        assertThat(line(Mark.WELL, check(request -> {
                    scopes.addAll(request.getScopes());
                    return credential("opaque-token").getToken(request);
                })))
                .isEqualTo("by client secret, for " + scope
                        + ", good for 1 h 30 min, of an identity that its token does not name");
        assertThat(scopes).containsExactly(scope);
    }

    @Test
    void aTokenThatNamesItsIdentityIsToldByItsIdsAlone() {
        TokenCheck both = check(credential(
                jwt("{\"oid\":\"" + OBJECT + "\",\"appid\":\"" + APPLICATION + "\",\"upn\":\"jane@example.com\"}")));
        assertThat(line(Mark.WELL, both))
                .endsWith("of object id " + OBJECT + ", application " + APPLICATION)
                .doesNotContain("jane", "eyJ");
        assertThat(both.identity().assignee()).isEqualTo(OBJECT);

        TokenCheck newer = check(credential(jwt("{\"oid\":\"jane\",\"azp\":\"" + APPLICATION + "\"}")));
        assertThat(line(Mark.WELL, newer)).endsWith("of application " + APPLICATION);
        assertThat(newer.identity().assignee()).isEqualTo(APPLICATION);

        for (String opaque : new String[] {"a.b.c", "a.b", jwt("[1"), jwt("{}")}) {
            assertThat(line(Mark.WELL, check(credential(opaque))))
                    .endsWith("of an identity that its token does not name");
        }
    }

    @Test
    void noIdentityAndOneThatIsRefusedHaveRemediesOfTheirOwn() {
        ConfigurationCheck configuration = setup.variable("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
                .rightConfiguration();
        assertThat(line(
                        Mark.WRONG,
                        new TokenCheck(
                                configuration, configuration.clients()::credential, Optional::empty, setup.clock())))
                .startsWith("none is to be had for https://monitor.azure.com//.default: no Azure identity")
                .contains("AZURE_CLIENT_SECRET")
                .doesNotContain("check the identity");
        assertThat(line(
                        Mark.WRONG,
                        check(request -> Mono.error(
                                new IllegalStateException("AADSTS7000215: Invalid client secret provided.")))))
                .contains("AADSTS7000215")
                .contains("check the identity", "its secret");
        assertThat(line(
                        Mark.WRONG,
                        check(request -> Mono.error(
                                new RuntimeException("wrapped", new IOException("answer was " + jwt("{}")))))))
                .doesNotContain("eyJ");
    }

    @Test
    void whereNoneIsNeededNoneIsAskedFor() {
        setup.with("sentinel.auth", "none");
        TokenCheck check = check(request -> Mono.error(new AssertionError("asked")));

        assertThat(line(Mark.WELL, check)).startsWith("none is needed");
        assertThat(check.isWell()).isTrue();
    }

    @Test
    void oneThatFailedIsNotWell() {
        TokenCheck check = check(request -> Mono.error(new IllegalStateException("no")));
        DoctorSetup.look(check);
        assertThat(check.isWell()).isFalse();
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
