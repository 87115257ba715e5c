package io.tapsentinel.sentinel.azure;

import com.azure.identity.AzureAuthorityHosts;
import java.util.Locale;

/** Azure's clouds: what a token for the Logs Ingestion API is asked for, where people and programs sign in, and where blobs lie. */
public enum AzureCloud {
    PUBLIC("https://monitor.azure.com//.default", AzureAuthorityHosts.AZURE_PUBLIC_CLOUD, "blob.core.windows.net"),
    USGOV("https://monitor.azure.us//.default", AzureAuthorityHosts.AZURE_GOVERNMENT, "blob.core.usgovcloudapi.net"),
    CHINA("https://monitor.azure.cn//.default", AzureAuthorityHosts.AZURE_CHINA, "blob.core.chinacloudapi.cn");

    private final String scope;
    private final String authority;
    private final String blobs;

    AzureCloud(String scope, String authority, String blobs) {
        this.scope = scope;
        this.authority = authority;
        this.blobs = blobs;
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

    /** What follows the name of a storage account in the host name of its blobs. */
    String blobs() {
        return blobs;
    }
}
