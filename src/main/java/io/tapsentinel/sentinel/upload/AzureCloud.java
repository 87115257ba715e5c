package io.tapsentinel.sentinel.upload;

import com.azure.identity.AzureAuthorityHosts;
import java.util.Locale;

/** Azure's clouds: what a token for the Logs Ingestion API is asked for, and where people and programs sign in. */
public enum AzureCloud {
    PUBLIC("https://monitor.azure.com//.default", AzureAuthorityHosts.AZURE_PUBLIC_CLOUD),
    USGOV("https://monitor.azure.us//.default", AzureAuthorityHosts.AZURE_GOVERNMENT),
    CHINA("https://monitor.azure.cn//.default", AzureAuthorityHosts.AZURE_CHINA);

    private final String scope;
    private final String authority;

    AzureCloud(String scope, String authority) {
        this.scope = scope;
        this.authority = authority;
    }

    /**
     * The cloud that {@code sentinel.cloud} names.
     *
     * @param name {@code public}, {@code usgov} or {@code china}
     * @throws IllegalArgumentException for any other name
     */
    public static AzureCloud named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Scope of a token; two slashes, since the resource ends in one. */
    public String scope() {
        return scope;
    }

    /** URL of Microsoft Entra ID. */
    String authority() {
        return authority;
    }
}
