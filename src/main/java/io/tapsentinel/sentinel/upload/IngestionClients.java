package io.tapsentinel.sentinel.upload;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.monitor.ingestion.LogsIngestionClient;
import com.azure.monitor.ingestion.LogsIngestionClientBuilder;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Builds clients of the Logs Ingestion API on the JDK's HTTP client, without a retry of their own. */
public final class IngestionClients {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private IngestionClients() {
    }

    /**
     * A client that authenticates as azure-identity finds out: environment, workload, managed identity, command line. It begins
     * without a token, even where another client of this process has one: a credential of the environment or a workload
     * asks Microsoft Entra ID anew, a managed identity its endpoint. Command lines keep tokens outside this process and may
     * give the same one again.
     *
     * @throws IllegalArgumentException when the endpoint is no URL, or {@code AZURE_TOKEN_CREDENTIALS} names no credential
     */
    public static LogsIngestionClient azure(String endpoint, AzureCloud cloud) {
        return new LogsIngestionClientBuilder().endpoint(endpoint).httpClient(http())
                .credential(credential(cloud))
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)))
                .buildClient();
    }

    /** What {@link #azure} authenticates with, for tokens of that cloud; without a token, too. */
    public static TokenCredential credential(AzureCloud cloud) {
        ManagedIdentityTokens.forget();
        DefaultAzureCredentialBuilder credential = new DefaultAzureCredentialBuilder();
        if (cloud != AzureCloud.PUBLIC) {
            // for the public cloud AZURE_AUTHORITY_HOST has its say, as everywhere with azure-identity
            credential.authorityHost(cloud.authority());
        }
        return new ScopedCredential(credential.build(), cloud.scope());
    }

    /** A client without credentials, for a loopback endpoint: the bearer policy refuses to send a token over http. */
    public static LogsIngestionClient anonymous(String endpoint) {
        return new LogsIngestionClientBuilder().endpoint(endpoint)
                // the builder insists on one; the pipeline, which has no policy that asks for a token, wins over it
                .credential(request -> Mono.error(new IllegalStateException("a loopback endpoint takes no token")))
                .pipeline(new HttpPipelineBuilder().httpClient(http()).build())
                .buildClient();
    }

    private static HttpClient http() {
        return new JdkHttpClientBuilder().connectionTimeout(CONNECT).writeTimeout(ANSWER).responseTimeout(ANSWER)
                .readTimeout(ANSWER).build();
    }
}
