package io.tapsentinel.store.ledger;

import io.tapsentinel.store.ReadOnlyStoreTest;
import io.tapsentinel.store.StoreTest;
import io.tapsentinel.store.keys.CountedChangesTest;
import io.tapsentinel.store.keys.DeferralsTest;
import io.tapsentinel.store.keys.InFlightTest;
import io.tapsentinel.store.keys.OtherMessageTest;
import io.tapsentinel.store.keys.SentChangesTest;
import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every store test that applies to both databases, on PostgreSQL. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class StoreOnPostgresIT {

    @Nested
    class AStore extends StoreTest {}

    @Nested
    class AReadOnlyStore extends ReadOnlyStoreTest {}

    @Nested
    class Batches extends InFlightTest {}

    @Nested
    class SentVersions extends SentChangesTest {}

    @Nested
    class CountedVersions extends CountedChangesTest {}

    @Nested
    class OtherMessages extends OtherMessageTest {}

    @Nested
    class Hours extends DeliveredCountsTest {}

    @Nested
    class Sweeps extends CompletenessTest {}

    @Nested
    class Gaps extends GapTest {}

    @Nested
    class Suspensions extends SuspensionTableTest {}

    @Nested
    class DeferredEvents extends DeferralsTest {}

    @Nested
    class Requests extends RequestBudgetTest {}
}
