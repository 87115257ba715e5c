package io.tapsentinel.sentinel.upload;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.monitor.ingestion.LogsIngestionClient;
import com.azure.monitor.ingestion.LogsIngestionClientBuilder;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.Network;
import io.tapsentinel.sentinel.azure.AzureCloud;
import io.tapsentinel.sentinel.azure.AzureHttp;
import io.tapsentinel.sentinel.azure.Identities;
import io.tapsentinel.sentinel.azure.SignIn;
import io.tapsentinel.sentinel.azure.SignInException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Builds clients of the Logs Ingestion API on the JDK's HTTP client, without a retry of their own. */
public final class IngestionClients {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final String endpoint;
    private final AzureCloud cloud;
    private final HttpClient http;
    private final SignIn signIn;

    /**
     * @param endpoint    where rows go
     * @param network     the way there and to Microsoft Entra ID
     * @param environment names and values as {@link System#getenv()} has them, which say who the program is
     * @throws InvalidSettingException when {@code AZURE_TOKEN_CREDENTIALS} names no credential
     */
    public IngestionClients(String endpoint, AzureCloud cloud, Network network, Map<String, String> environment) {
        this.endpoint = endpoint;
        this.cloud = cloud;
        this.http = new AzureHttp(network, CONNECT, ANSWER, 1);
        this.signIn = new SignIn(Identities.of(environment, http, cloud));
    }

    /**
     * A client that authenticates by the first of a client secret or certificate, a workload identity, a managed identity and the
     * Azure CLI that there is. It begins without a token, even where another client of this process has one: Microsoft Entra ID or
     * the managed identity's endpoint is asked anew. The Azure CLI keeps tokens outside this process and may give the same one
     * again.
     *
     * @throws IllegalArgumentException when the endpoint is no URL
     */
    public LogsIngestionClient azure() {
        return new LogsIngestionClientBuilder()
                .endpoint(endpoint)
                .httpClient(http)
                .credential(credential())
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)))
                .buildClient();
    }

    /** What {@link #azure} authenticates with; without a token, too. It throws {@link SignInException} when there is none. */
    public TokenCredential credential() {
        return signIn.session(cloud.scope());
    }

    /** By which identity the program signed in, by name; empty as long as none brought a token. */
    public Optional<String> identity() {
        return signIn.chosen();
    }

    /** A client without credentials, for a loopback endpoint: the bearer policy refuses to send a token over http. */
    public LogsIngestionClient anonymous() {
        return new LogsIngestionClientBuilder()
                .endpoint(endpoint)
                // the builder insists on one; the pipeline, which has no policy that asks for a token, wins over it
                .credential(request -> Mono.error(new IllegalStateException("a loopback endpoint gets no token")))
                .pipeline(new HttpPipelineBuilder().httpClient(http).build())
                .buildClient();
    }
}
