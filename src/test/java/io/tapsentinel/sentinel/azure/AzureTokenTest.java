package io.tapsentinel.sentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.TokenCache;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Scope of tokens, and dropping cached ones. */
class AzureTokenTest {

    private final List<TokenRequestContext> asked = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "public, https://monitor.azure.com//.default",
        "usgov, https://monitor.azure.us//.default",
        "china, https://monitor.azure.cn//.default"
    })
    void tokenIsRequestedForTheScopeOfTheCloud(String cloud, String scope) {
        Identity identity = new Identity("test", Optional::empty, true, () -> request -> {
            asked.add(request);
            return Mono.just(new AccessToken("token", OffsetDateTime.MAX));
        });
        TokenCredential credential =
                new SignIn(List.of(identity)).session(AzureCloud.named(cloud).scope());
        TokenRequestContext request = new TokenRequestContext()
                .addScopes("https://monitor.azure.com//.default")
                .setClaims("{}")
                .setTenantId("tenant")
                .setCaeEnabled(true);

        assertThat(credential.getTokenSync(request).getToken()).isEqualTo("token");
        assertThat(credential.getToken(request).block().getToken()).isEqualTo("token");

        assertThat(asked).hasSize(2).allSatisfy(one -> {
            assertThat(one.getScopes()).containsExactly(scope);
            assertThat(one.getClaims()).isEqualTo("{}");
            assertThat(one.getTenantId()).isEqualTo("tenant");
            assertThat(one.isCaeEnabled()).isTrue();
        });
    }

    @Test
    void forgottenTokenOfManagedIdentityIsExpired() {
        TokenCache shared = ManagedIdentityApplication.getSharedTokenCache();
        shared.deserialize(
                "{\"AccessToken\":{\"key\":{\"environment\":\"e\",\"credential_type\":\"AccessToken\",\"client_id\":\"c\","
                        + "\"secret\":\"token\",\"realm\":\"r\",\"target\":\"t\",\"cached_at\":\"1\",\"expires_on\":\"4102444800\"}}}");

        ManagedIdentity.forgetTokens();

        assertThat(shared.serialize()).contains("\"expires_on\":\"0\"").doesNotContain("4102444800");
    }
}
