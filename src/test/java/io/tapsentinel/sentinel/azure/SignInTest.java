package io.tapsentinel.sentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.tapsentinel.config.InvalidSettingException;
import java.net.ConnectException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Which identity is used and kept. */
class SignInTest {

    private static final TokenRequestContext ANY = new TokenRequestContext().addScopes("any");

    private final Set<String> absent = new HashSet<>();
    private final Set<String> failing = new HashSet<>();

    @Test
    void firstAvailableIdentityIsUsed() {
        absent.add("one");
        SignIn signIn = new SignIn(List.of(identity("one", true), identity("two", true), identity("three", true)));

        assertThat(token(signIn)).isEqualTo("two");
    }

    @Test
    void failureOfACertainIdentityIsFinal() {
        failing.add("one");
        SignIn signIn = new SignIn(List.of(identity("one", true), identity("two", true)));

        assertThatThrownBy(() -> token(signIn))
                .isInstanceOfSatisfying(
                        SignInException.class,
                        failed -> assertThat(failed.isIdentityFound()).isTrue())
                .hasMessage("Azure sign-in with one failed: no such luck");
        assertThat(thrown(signIn)).as("the cause is kept").hasRootCauseInstanceOf(ConnectException.class);
    }

    @Test
    void uncertainIdentityIsSkippedIfItFails() {
        failing.add("one");
        SignIn signIn = new SignIn(List.of(identity("one", false), identity("two", false)));
        assertThat(token(signIn)).isEqualTo("two");

        failing.clear();
        assertThat(token(signIn)).as("the identity does not change").isEqualTo("two");
    }

    @Test
    void identityIsKeptAfterItsFirstToken() {
        SignIn signIn = new SignIn(List.of(identity("one", false), identity("two", false)));
        assertThat(token(signIn)).isEqualTo("one");

        failing.add("one");
        absent.add("one");

        assertThatThrownBy(() -> token(signIn))
                .isInstanceOf(SignInException.class)
                .hasMessageStartingWith("Azure sign-in with one failed: ");
    }

    @Test
    void missingIdentityListsAllThatWereTried() {
        absent.add("one");
        failing.add("two");
        SignIn signIn = new SignIn(List.of(identity("one", true), identity("two", false)));

        assertThatThrownBy(() -> token(signIn))
                .isInstanceOfSatisfying(
                        SignInException.class,
                        none -> assertThat(none.isIdentityFound()).isFalse())
                .hasMessageContaining("Tried: one (it is not here), two (no such luck). Set ");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'client secret, workload identity, managed identity, Azure CLI'",
        "PROD, 'client secret, workload identity, managed identity'",
        "dev, Azure CLI",
        "EnvironmentCredential, client secret",
        "workloadidentitycredential, workload identity",
        "ManagedIdentityCredential, managed identity",
        "AzureCliCredential, Azure CLI"
    })
    void tokenCredentialsVariableSelectsIdentities(String word, String names) {
        List<Identity> identities = Identities.of(
                Map.of("AZURE_TOKEN_CREDENTIALS", word, "AZURE_CLIENT_SECRET", "s"), null, AzureCloud.PUBLIC);

        assertThat(identities).extracting(Identity::name).containsExactly(names.split(", "));
        assertThat(identities.size() > 1 || identities.get(0).certain())
                .as("a single identity is certain")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.4:80", "identity host", "identity:80", "http://"})
    void invalidMetadataUrlIsReportedWithoutAConnection(String value) {
        assertThat(new ManagedIdentity(Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", value), null).absent())
                .contains("AZURE_POD_IDENTITY_AUTHORITY_HOST is not a URL");
    }

    @Test
    void unknownTokenCredentialsValueIsRefused() {
        assertThatThrownBy(() ->
                        Identities.of(Map.of("AZURE_TOKEN_CREDENTIALS", "IntelliJCredential"), null, AzureCloud.PUBLIC))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("AZURE_TOKEN_CREDENTIALS is \"IntelliJCredential\"");
    }

    @Test
    void missingClientVariablesAreNamed() {
        SignIn signIn = new SignIn(
                Identities.of(Map.of("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential"), null, AzureCloud.PUBLIC));

        assertThatThrownBy(() -> token(signIn))
                .hasMessageStartingWith("no Azure identity found. Tried: client secret or certificate"
                        + " (AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH is not set). Set ");
    }

    private Identity identity(String name, boolean certain) {
        return new Identity(
                name,
                () -> absent.contains(name) ? Optional.of("it is not here") : Optional.empty(),
                certain,
                () -> credential(name));
    }

    private TokenCredential credential(String name) {
        return request -> failing.contains(name)
                ? Mono.error(new IllegalStateException(new ConnectException("no such luck")))
                : Mono.just(new AccessToken(name, OffsetDateTime.MAX));
    }

    private static String token(SignIn signIn) {
        return signIn.session("scope").getTokenSync(ANY).getToken();
    }

    private static Throwable thrown(SignIn signIn) {
        try {
            return new AssertionError("a token: " + token(signIn));
        } catch (SignInException e) {
            return e;
        }
    }
}
