"""The main story."""

import sqlalchemy as sa
from alembic import op
from crm.db.types import SealedBytes, UTCDateTime

Id = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
Json = sa.JSON(none_as_null=True)

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('business_hours',
    sa.Column('weekday', Id, autoincrement=False, nullable=False),
    sa.Column('opens', Id, nullable=False),
    sa.Column('closes', Id, nullable=False),
    sa.CheckConstraint('opens >= 0 AND opens < closes AND closes <= 1440', name=op.f('ck_business_hours_opens_before_it_closes')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_business_hours_real_weekday')),
    sa.PrimaryKeyConstraint('weekday', name=op.f('pk_business_hours')),
    sqlite_strict=True
    )
    op.create_table('holiday',
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('on', name=op.f('pk_holiday')),
    sqlite_strict=True
    )
    op.create_table('job_run',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('started_at', UTCDateTime(), nullable=False),
    sa.Column('finished_at', UTCDateTime(), nullable=True),
    sa.Column('result', sa.String(length=200), nullable=False),
    sa.Column('failed', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_run')),
    sqlite_strict=True
    )
    op.create_table('person',
    sa.Column('id', Id, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('state', sa.String(length=2), nullable=True),
    sa.Column('time_zone', sa.String(length=40), nullable=True),
    sa.Column('zone_candidates', Json, nullable=False),
    sa.Column('zone_source', sa.String(length=20), nullable=False),
    sa.Column('zone_confidence', sa.String(length=10), nullable=False),
    sa.Column('may_call', sa.String(length=8), nullable=False),
    sa.Column('may_text', sa.String(length=8), nullable=False),
    sa.Column('may_email', sa.String(length=8), nullable=False),
    sa.Column('voicemail', sa.String(length=8), nullable=False),
    sa.Column('best_times', Json, nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.CheckConstraint("may_call IN ('yes', 'no', 'unasked') AND may_text IN ('yes', 'no', 'unasked') AND may_email IN ('yes', 'no', 'unasked')", name=op.f('ck_person_contact_answers')),
    sa.CheckConstraint("voicemail IN ('yes', 'name', 'no', 'unasked')", name=op.f('ck_person_voicemail_answers')),
    sa.CheckConstraint('length(name) <= 200', name=op.f('ck_person_name_length')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('ref', name=op.f('uq_person_ref')),
    sqlite_strict=True
    )
    op.create_table('reason',
    sa.Column('key', sa.String(length=30), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('counts_as_qualified', sa.Boolean(), nullable=False),
    sa.Column('may_recontact', sa.Boolean(), nullable=False),
    sa.Column('position', Id, nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_reason')),
    sqlite_strict=True
    )
    op.create_table('seal',
    sa.Column('seq', Id, autoincrement=False, nullable=False),
    sa.Column('event_id', Id, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_seal')),
    sa.UniqueConstraint('event_id', name=op.f('uq_seal_event_id')),
    sqlite_strict=True
    )
    op.create_table('setting',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('value', Json, nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting')),
    sqlite_strict=True
    )
    op.create_table('sign_in_failure',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('failures', Id, nullable=False),
    sa.Column('last_at', UTCDateTime(), nullable=False),
    sa.Column('wait_until', UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sign_in_failure')),
    sqlite_strict=True
    )
    op.create_table('source',
    sa.Column('id', Id, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=True),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('length(slug) BETWEEN 1 AND 60', name=op.f('ck_source_slug_length')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_source_secret_hash')),
    sa.UniqueConstraint('slug', name=op.f('uq_source_slug')),
    sqlite_strict=True
    )
    op.create_table('staff',
    sa.Column('id', Id, nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('time_zone', sa.String(length=40), nullable=False),
    sa.Column('hours', Json, nullable=False),
    sa.Column('states', Json, nullable=True),
    sa.Column('languages', Json, nullable=False),
    sa.Column('caseload_cap', Id, nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('totp_secret_sealed', SealedBytes(), nullable=True),
    sa.Column('totp_last_step', Id, nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('disabled_at', UTCDateTime(), nullable=True),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.CheckConstraint("role IN ('intake', 'coach', 'admin')", name=op.f('ck_staff_known_role')),
    sa.CheckConstraint('email = lower(email) AND length(email) BETWEEN 3 AND 254', name=op.f('ck_staff_email_is_normal')),
    sa.CheckConstraint('length(name) BETWEEN 1 AND 100', name=op.f('ck_staff_has_a_name')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('email', name=op.f('uq_staff_email')),
    sa.UniqueConstraint('ref', name=op.f('uq_staff_ref')),
    sqlite_strict=True
    )
    op.create_table('status',
    sa.Column('key', sa.String(length=20), nullable=False),
    sa.Column('label', sa.String(length=40), nullable=False),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('position', Id, nullable=False),
    sa.CheckConstraint("stage IN ('new', 'trying', 'talking', 'assessment', 'later', 'ended')", name=op.f('ck_status_known_stage')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_status')),
    sqlite_strict=True
    )
    op.create_table('worker_beat',
    sa.Column('worker', sa.String(length=40), nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('worker', name=op.f('pk_worker_beat')),
    sqlite_strict=True
    )
    op.create_table('contact_point',
    sa.Column('id', Id, nullable=False),
    sa.Column('person_id', Id, nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('value', sa.String(length=254), nullable=False),
    sa.Column('normal', sa.String(length=254), nullable=False),
    sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f('ck_contact_point_known_kind')),
    sa.CheckConstraint('length(value) BETWEEN 1 AND 254', name=op.f('ck_contact_point_value_length')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_contact_point_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_point')),
    sa.UniqueConstraint('person_id', 'kind', 'normal', name=op.f('uq_contact_point_person_id_kind_normal')),
    sqlite_strict=True
    )
    with op.batch_alter_table('contact_point', schema=None) as batch_op:
        batch_op.create_index('ix_contact_point_normal', ['normal', 'kind'], unique=False)

    op.create_table('lead',
    sa.Column('id', Id, nullable=False),
    sa.Column('person_id', Id, nullable=False),
    sa.Column('inquirer_id', Id, nullable=False),
    sa.Column('for_whom', sa.String(length=10), nullable=False),
    sa.Column('source_id', Id, nullable=False),
    sa.Column('received_at', UTCDateTime(), nullable=False),
    sa.Column('answer_by', UTCDateTime(), nullable=False),
    sa.Column('status_key', sa.String(length=20), nullable=False),
    sa.Column('status_since', UTCDateTime(), nullable=False),
    sa.Column('owner_id', Id, nullable=True),
    sa.Column('coach_id', Id, nullable=True),
    sa.Column('taken_by_id', Id, nullable=True),
    sa.Column('taken_until', UTCDateTime(), nullable=True),
    sa.Column('first_attempt_at', UTCDateTime(), nullable=True),
    sa.Column('first_two_way_at', UTCDateTime(), nullable=True),
    sa.Column('last_touch_at', UTCDateTime(), nullable=True),
    sa.Column('last_touch', sa.String(length=20), nullable=True),
    sa.Column('attempts_made', Id, nullable=False),
    sa.Column('no_step_reason', sa.String(length=200), nullable=True),
    sa.Column('discharge_on', sa.Date(), nullable=True),
    sa.Column('assessment_at', UTCDateTime(), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('referred_to', sa.String(length=200), nullable=True),
    sa.Column('closed_reason', sa.String(length=30), nullable=True),
    sa.Column('ended_at', UTCDateTime(), nullable=True),
    sa.Column('version', Id, nullable=False),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.CheckConstraint("for_whom IN ('self', 'loved', 'client')", name=op.f('ck_lead_known_for_whom')),
    sa.CheckConstraint("status_key <> 'closed' OR closed_reason IS NOT NULL", name=op.f('ck_lead_closed_has_a_reason')),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= received_at', name=op.f('ck_lead_ends_after_it_began')),
    sa.ForeignKeyConstraint(['closed_reason'], ['reason.key'], name=op.f('fk_lead_closed_reason_reason')),
    sa.ForeignKeyConstraint(['coach_id'], ['staff.id'], name=op.f('fk_lead_coach_id_staff')),
    sa.ForeignKeyConstraint(['inquirer_id'], ['person.id'], name=op.f('fk_lead_inquirer_id_person')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_lead_owner_id_staff')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_lead_person_id_person')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_lead_source_id_source')),
    sa.ForeignKeyConstraint(['status_key'], ['status.key'], name=op.f('fk_lead_status_key_status')),
    sa.ForeignKeyConstraint(['taken_by_id'], ['staff.id'], name=op.f('fk_lead_taken_by_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead')),
    sa.UniqueConstraint('ref', name=op.f('uq_lead_ref')),
    sqlite_strict=True
    )
    with op.batch_alter_table('lead', schema=None) as batch_op:
        batch_op.create_index('ix_lead_coach', ['coach_id', 'received_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lead_inquirer_id'), ['inquirer_id'], unique=False)
        batch_op.create_index('ix_lead_newest', ['received_at', 'id'], unique=False)
        batch_op.create_index('ix_lead_open_coach', ['coach_id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))
        batch_op.create_index('ix_lead_owner', ['owner_id', 'received_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lead_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_lead_source', ['source_id', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_lead_status', ['status_key', 'received_at', 'id'], unique=False)

    op.create_table('one_time_link',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', Id, nullable=False),
    sa.Column('expires_at', UTCDateTime(), nullable=False),
    sa.Column('used_at', UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_one_time_link_staff_id_staff')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_one_time_link')),
    sqlite_strict=True
    )
    with op.batch_alter_table('one_time_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_link_staff_id'), ['staff_id'], unique=False)

    op.create_table('sign_in',
    sa.Column('id', Id, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', Id, nullable=False),
    sa.Column('is_complete', sa.Boolean(), nullable=False),
    sa.Column('started_at', UTCDateTime(), nullable=False),
    sa.Column('seen_at', UTCDateTime(), nullable=False),
    sa.Column('proved_at', UTCDateTime(), nullable=False),
    sa.Column('pending_secret_sealed', SealedBytes(), nullable=True),
    sa.Column('search_sealed', SealedBytes(), nullable=True),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_sign_in_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('ref', name=op.f('uq_sign_in_ref')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_token_hash')),
    sqlite_strict=True
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_staff_id'), ['staff_id'], unique=False)

    op.create_table('transition',
    sa.Column('from_key', sa.String(length=20), nullable=False),
    sa.Column('to_key', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('needs', Json, nullable=False),
    sa.CheckConstraint("kind IN ('move', 'undo')", name=op.f('ck_transition_known_kind')),
    sa.ForeignKeyConstraint(['from_key'], ['status.key'], name=op.f('fk_transition_from_key_status')),
    sa.ForeignKeyConstraint(['to_key'], ['status.key'], name=op.f('fk_transition_to_key_status')),
    sa.PrimaryKeyConstraint('from_key', 'to_key', name=op.f('pk_transition')),
    sqlite_strict=True
    )
    op.create_table('assignment',
    sa.Column('id', Id, nullable=False),
    sa.Column('lead_id', Id, nullable=False),
    sa.Column('coach_id', Id, nullable=False),
    sa.Column('by_id', Id, nullable=True),
    sa.Column('since', UTCDateTime(), nullable=False),
    sa.Column('until', UTCDateTime(), nullable=True),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_assignment_ends_after_it_began')),
    sa.ForeignKeyConstraint(['by_id'], ['staff.id'], name=op.f('fk_assignment_by_id_staff')),
    sa.ForeignKeyConstraint(['coach_id'], ['staff.id'], name=op.f('fk_assignment_coach_id_staff')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_assignment_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    sqlite_strict=True
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_coach_id'), ['coach_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index('uq_assignment_current', ['lead_id'], unique=True, postgresql_where=sa.text('until IS NULL'), sqlite_where=sa.text('until IS NULL'))

    op.create_table('event',
    sa.Column('id', Id, nullable=False),
    sa.Column('uid', sa.String(length=22), nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('actor_id', Id, nullable=True),
    sa.Column('lead_id', Id, nullable=True),
    sa.Column('lead_version', Id, nullable=True),
    sa.Column('facts', Json, nullable=False),
    sa.Column('origin', sa.String(length=45), nullable=False),
    sa.Column('key_id', sa.String(length=8), nullable=False),
    sa.Column('mac', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['staff.id'], name=op.f('fk_event_actor_id_staff')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_event_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('uid', name=op.f('uq_event_uid')),
    sqlite_strict=True
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_action_at', ['action', 'at'], unique=False)
        batch_op.create_index('ix_event_actor_id_at', ['actor_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_at'), ['at'], unique=False)
        batch_op.create_index('ix_event_lead_id_at', ['lead_id', 'at'], unique=False)

    op.create_table('follow_up',
    sa.Column('id', Id, nullable=False),
    sa.Column('lead_id', Id, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('due_at', UTCDateTime(), nullable=False),
    sa.Column('owner_id', Id, nullable=True),
    sa.Column('made_by_id', Id, nullable=True),
    sa.Column('made_at', UTCDateTime(), nullable=False),
    sa.Column('moved_from_id', Id, nullable=True),
    sa.Column('reminded_at', UTCDateTime(), nullable=True),
    sa.Column('done_at', UTCDateTime(), nullable=True),
    sa.Column('done_by_id', Id, nullable=True),
    sa.Column('result', sa.String(length=10), nullable=True),
    sa.Column('why_sealed', SealedBytes(), nullable=True),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.CheckConstraint("channel IN ('call', 'text', 'email', 'visit')", name=op.f('ck_follow_up_known_channel')),
    sa.CheckConstraint("kind IN ('first-reply', 'promise')", name=op.f('ck_follow_up_known_kind')),
    sa.CheckConstraint("result IS NULL OR result IN ('kept', 'moved', 'dropped')", name=op.f('ck_follow_up_known_result')),
    sa.CheckConstraint('(done_at IS NULL) = (result IS NULL)', name=op.f('ck_follow_up_done_has_a_result')),
    sa.ForeignKeyConstraint(['done_by_id'], ['staff.id'], name=op.f('fk_follow_up_done_by_id_staff')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_follow_up_lead_id_lead')),
    sa.ForeignKeyConstraint(['made_by_id'], ['staff.id'], name=op.f('fk_follow_up_made_by_id_staff')),
    sa.ForeignKeyConstraint(['moved_from_id'], ['follow_up.id'], name=op.f('fk_follow_up_moved_from_id_follow_up')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_follow_up_owner_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up')),
    sa.UniqueConstraint('ref', name=op.f('uq_follow_up_ref')),
    sqlite_strict=True
    )
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.create_index('ix_follow_up_due_at', ['due_at'], unique=False)
        batch_op.create_index('ix_follow_up_lead_id', ['lead_id'], unique=False)
        batch_op.create_index('ix_follow_up_open_due', ['due_at', 'id'], unique=False, postgresql_where=sa.text('done_at IS NULL'), sqlite_where=sa.text('done_at IS NULL'))
        batch_op.create_index('ix_follow_up_open_first', ['due_at', 'id'], unique=False, postgresql_where=sa.text("done_at IS NULL AND kind = 'first-reply'"), sqlite_where=sa.text("done_at IS NULL AND kind = 'first-reply'"))
        batch_op.create_index('ix_follow_up_open_lead', ['lead_id', 'due_at', 'id'], unique=False, postgresql_where=sa.text('done_at IS NULL'), sqlite_where=sa.text('done_at IS NULL'))
        batch_op.create_index('ix_follow_up_open_owner', ['owner_id', 'due_at', 'id'], unique=False, postgresql_where=sa.text('done_at IS NULL'), sqlite_where=sa.text('done_at IS NULL'))
        batch_op.create_index('ix_follow_up_unreminded', ['due_at', 'id'], unique=False, postgresql_where=sa.text('done_at IS NULL AND reminded_at IS NULL'), sqlite_where=sa.text('done_at IS NULL AND reminded_at IS NULL'))

    op.create_table('note',
    sa.Column('id', Id, nullable=False),
    sa.Column('lead_id', Id, nullable=False),
    sa.Column('by_id', Id, nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.Column('body_sealed', SealedBytes(), nullable=False),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['staff.id'], name=op.f('fk_note_by_id_staff')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_note_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note')),
    sa.UniqueConstraint('ref', name=op.f('uq_note_ref')),
    sqlite_strict=True
    )
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.create_index('ix_note_lead_id_at', ['lead_id', 'at'], unique=False)

    op.create_table('search_key',
    sa.Column('id', Id, nullable=False),
    sa.Column('lead_id', Id, nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('word', sa.String(length=100).with_variant(sa.String(length=100, collation='C'), 'postgresql'), nullable=False),
    sa.CheckConstraint("kind IN ('name', 'phone', 'email')", name=op.f('ck_search_key_known_kind')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_search_key_lead_id_lead')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_key')),
    sa.UniqueConstraint('lead_id', 'kind', 'word', name=op.f('uq_search_key_lead_id_kind_word')),
    sqlite_strict=True
    )
    with op.batch_alter_table('search_key', schema=None) as batch_op:
        batch_op.create_index('ix_search_key_word', ['word', 'kind', 'lead_id'], unique=False)

    op.create_table('submission',
    sa.Column('id', Id, nullable=False),
    sa.Column('source_id', Id, nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=True),
    sa.Column('idempotency_key', sa.String(length=255), nullable=True),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('content_type', sa.String(length=100), nullable=False),
    sa.Column('received_at', UTCDateTime(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=True),
    sa.Column('lead_id', Id, nullable=True),
    sa.Column('answer', Json, nullable=True),
    sa.Column('raw_sealed', SealedBytes(), nullable=False),
    sa.Column('message_sealed', SealedBytes(), nullable=True),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.CheckConstraint("(state = 'understood') = (lead_id IS NOT NULL)", name=op.f('ck_submission_understood_has_a_lead')),
    sa.CheckConstraint("state IN ('understood', 'held', 'failed')", name=op.f('ck_submission_known_state')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_submission_lead_id_lead')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_submission_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('ref', name=op.f('uq_submission_ref')),
    sa.UniqueConstraint('source_id', 'external_id', name=op.f('uq_submission_source_id_external_id')),
    sa.UniqueConstraint('source_id', 'idempotency_key', name=op.f('uq_submission_source_id_idempotency_key')),
    sqlite_strict=True
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_submission_received_at'), ['received_at'], unique=False)
        batch_op.create_index('ix_submission_waiting', ['received_at'], unique=False, postgresql_where=sa.text("state <> 'understood'"), sqlite_where=sa.text("state <> 'understood'"))

    op.create_table('attempt',
    sa.Column('id', Id, nullable=False),
    sa.Column('lead_id', Id, nullable=False),
    sa.Column('by_id', Id, nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('two_way', sa.Boolean(), nullable=False),
    sa.Column('note_sealed', SealedBytes(), nullable=True),
    sa.Column('kept_follow_up_id', Id, nullable=True),
    sa.Column('made_follow_up_id', Id, nullable=True),
    sa.Column('status_before', sa.String(length=20), nullable=False),
    sa.Column('undone_at', UTCDateTime(), nullable=True),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.CheckConstraint("channel IN ('call', 'text', 'email', 'visit')", name=op.f('ck_attempt_known_channel')),
    sa.CheckConstraint("outcome IN ('spoke', 'someone_else', 'voicemail', 'no_answer', 'wrong_number', 'asked_to_stop', 'sent', 'bounced')", name=op.f('ck_attempt_known_outcome')),
    sa.ForeignKeyConstraint(['by_id'], ['staff.id'], name=op.f('fk_attempt_by_id_staff')),
    sa.ForeignKeyConstraint(['kept_follow_up_id'], ['follow_up.id'], name=op.f('fk_attempt_kept_follow_up_id_follow_up')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_attempt_lead_id_lead')),
    sa.ForeignKeyConstraint(['made_follow_up_id'], ['follow_up.id'], name=op.f('fk_attempt_made_follow_up_id_follow_up')),
    sa.ForeignKeyConstraint(['status_before'], ['status.key'], name=op.f('fk_attempt_status_before_status')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt')),
    sa.UniqueConstraint('ref', name=op.f('uq_attempt_ref')),
    sqlite_strict=True
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_by_id'), ['by_id'], unique=False)
        batch_op.create_index('ix_attempt_lead_id_at', ['lead_id', 'at'], unique=False)

    op.create_table('consent',
    sa.Column('id', Id, nullable=False),
    sa.Column('person_id', Id, nullable=False),
    sa.Column('submission_id', Id, nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('granted', sa.Boolean(), nullable=False),
    sa.Column('wording_version', sa.String(length=40), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.Column('ended_at', UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id_person')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_consent_submission_id_submission')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sqlite_strict=True
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_consent_submission_id'), ['submission_id'], unique=False)

    op.create_table('message',
    sa.Column('id', Id, nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('to_id', Id, nullable=False),
    sa.Column('lead_id', Id, nullable=True),
    sa.Column('follow_up_id', Id, nullable=True),
    sa.Column('facts', Json, nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('not_before', UTCDateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', Id, nullable=False),
    sa.Column('lease_by', sa.String(length=40), nullable=True),
    sa.Column('lease_until', UTCDateTime(), nullable=True),
    sa.Column('error', sa.String(length=200), nullable=True),
    sa.Column('sent_at', UTCDateTime(), nullable=True),
    sa.Column('read_at', UTCDateTime(), nullable=True),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.CheckConstraint("channel IN ('app', 'email')", name=op.f('ck_message_known_channel')),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f('ck_message_known_state')),
    sa.ForeignKeyConstraint(['follow_up_id'], ['follow_up.id'], name=op.f('fk_message_follow_up_id_follow_up')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_message_lead_id_lead')),
    sa.ForeignKeyConstraint(['to_id'], ['staff.id'], name=op.f('fk_message_to_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('key', name=op.f('uq_message_key')),
    sa.UniqueConstraint('ref', name=op.f('uq_message_ref')),
    sqlite_strict=True
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_follow_up_id'), ['follow_up_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index('ix_message_to_id_created_at', ['to_id', 'created_at'], unique=False)
        batch_op.create_index('ix_message_to_send', ['not_before', 'id'], unique=False, postgresql_where=sa.text("state = 'waiting'"), sqlite_where=sa.text("state = 'waiting'"))
        batch_op.create_index('ix_message_unread', ['to_id'], unique=False, postgresql_where=sa.text("channel = 'app' AND read_at IS NULL"), sqlite_where=sa.text("channel = 'app' AND read_at IS NULL"))

