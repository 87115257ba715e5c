package io.tapsentinel.state;

import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The store's contract on PostgreSQL: every test of a store that may run on either database. */
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
    class Hours extends DeliveredHoursTest {}

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
