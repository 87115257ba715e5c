package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TestAuthority;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a program of each Azure cloud signs in, and for which scope. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class CloudsIT extends PackagedFixture {

    private CloudServices services;

    @BeforeEach
    void start() throws Exception {
        services = open(new CloudServices(folder, TestAuthority.shared()).withSecret());
    }

    @ParameterizedTest
    @CsvSource({
        "public, '', login.microsoftonline.com, https://monitor.azure.com//.default",
        "public, login.microsoftonline.us, login.microsoftonline.us, https://monitor.azure.com//.default",
        "usgov, '', login.microsoftonline.us, https://monitor.azure.us//.default",
        "china, login.microsoftonline.us, login.chinacloudapi.cn, https://monitor.azure.cn//.default"
    })
    void eachCloudHasItsOwnScopeAndAuthorityHost(String cloud, String variable, String login, String scope)
            throws Exception {
        services.launch()
                .environment(Map.of("AZURE_AUTHORITY_HOST", variable.isEmpty() ? "" : "https://" + variable + "/"));
        PackagedProgram program =
                open(services.launch().with("sentinel.cloud", cloud).start());
        services.assertThatItWorks(program);

        assertThat(services.login().requests())
                .as("requests for a token")
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.host()).isEqualTo(login);
                    assertThat(request.form()).containsEntry("grant_type", "client_credentials");
                    // the library adds its own scopes
                    assertThat(request.form().get("scope").split(" "))
                            .filteredOn(word -> word.contains("://"))
                            .containsExactly(scope);
                });
        assertThat(services.proxy().connected())
                .contains(CloudServices.TAP + ":443", CloudServices.RULE + ":443", login + ":443")
                .as("another cloud's")
                .doesNotContainAnyElementsOf(CloudServices.LOGINS.subList(0, 3).stream()
                        .filter(other -> !other.equals(login))
                        .map(other -> other + ":443")
                        .toList());
    }
}
