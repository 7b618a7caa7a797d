-- Twelve clauses of R14 by hand, as fast as we could make them: FAC-1 FAC-7 OFF-2 HOM-3 HOM-4
-- NOT-11 GEN-2 COD-1 COD-2 BIL-4 NOT-10 FAC-3. Overrides, readings, assumptions, reasons and the
-- other 51 clauses are left out. $claims, $evidence and $output are put in by tests/bench/run.py.
create temp table item_evidence as
select claim_id, line_number,
  bool_or(evidence = 'primary_reason_for_visit' and value = 'yes') as primary_reason,
  bool_or(evidence = 'therapy_role' and value = 'side_effect') as side_effect,
  bool_or(evidence = 'item_kind' and value in ('local_anesthesia', 'iv_insertion', 'line_access', 'flush', 'supply')) as office_kind,
  bool_or(evidence = 'item_kind' and value in ('administrative_service', 'care_coordination', 'supply', 'equipment', 'pharmacy_service')) as home_kind,
  max(case when evidence = 'administered_dose' then value::decimal(18, 3) end) as dose
from read_parquet($evidence)
where evidence in ('primary_reason_for_visit', 'therapy_role', 'item_kind', 'administered_dose')
group by all;

create temp table code as
select procedure_code as x,
  x between '96360' and '96549' as infusion,
  x between '96360' and '96379' or x in ('96401', '96402') or x between '96409' and '96425' or x between '96521' and '96523' as facility_professional,
  x between '96360' and '96361' or x between '96365' and '96377' or x = '96379' or x between '96521' and '96523' as incidental,
  x between '96372' and '96379' as injection,
  x between '99201' and '99499' as visit,
  x between '36430' and '36460' as fee,
  x between '90935' and '90947' or x = '90999' as dialysis,
  x between '10004' and '69990' and not (x = '36000' or x between '36400' and '36416' or x between '36430' and '36460' or x between '36555' and '36640') as primary_service,
  x between 'S5497' and 'S5502' or x between 'S5501' and 'S5521' or x between 'S9208' and 'S9331' or x between 'S9336' and 'S9379' or x between 'S9490' and 'S9504' or x between 'S9537' and 'S9590' or x in ('S5497') as per_diem,
  per_diem and not x between 'S5497' and 'S5521' as therapy,
  x between 'A4206' and 'A4218' or x between 'A4220' and 'A4223' or x between 'A4244' and 'A4248' or x between 'A4300' and 'A4306' or x between 'A4450' and 'A4456' or x in ('A4550', 'A4649', 'A4927', 'A4930', 'A6203', 'A6206', 'A6216', 'A9219', 'A6457', 'A9279', 'S1015', 'S1016') or x between 'A6257' and 'A6260' or x between 'A6402' and 'A6413' or x between 'A6448' and 'A6450' or x between 'A6453' and 'A6455' as office_supply,
  office_supply or x in ('E0776', 'K0105') or x between 'E0779' and 'E0781' as home_supply,
  x = 'J1642' as cod1, x = 'J7050' as cod2,
  case x when 'J1200' then 50 when 'J1642' then 10 when 'J7050' then 250 end as per_unit
from (select distinct procedure_code from read_parquet($claims)) where length(x) = 5;

create temp table line as
select l.claim_id, l.line_number, l.service_date, l.rendering_provider, l.units,
  coalesce(l.service_date_to, l.service_date) as last_day,
  l.modifiers,
  coalesce(c.infusion, false) as infusion,
  coalesce(c.injection, false) as injection,
  coalesce(c.fee, l.procedure_code is null and l.revenue_code = '0391', false) as fee,
  coalesce(c.dialysis, false) or coalesce(l.revenue_code between '0820' and '0859', false) as dialysis,
  coalesce(c.primary_service, false) or coalesce(l.revenue_code between '0360' and '0369' or l.revenue_code = '0481' or l.revenue_code between '0490' and '0499', false) as primary_service,
  coalesce(c.per_diem, false) as per_diem,
  infusion or coalesce(l.revenue_code between '0260' and '0269', false) as iv,
  coalesce(l.place_of_service in ('02','19','21','22','23','24','26','31','34','41','42','51','52','53','56','61'), false) as facility_place,
  l.claim_form = 'cms1500' as professional,
  substr(l.type_of_bill, 1, 2) as bill,
  coalesce(case when professional then l.place_of_service = '12' else bill in ('32', '33', '34') end, false) as home,
  coalesce(c.therapy, false) and home and not coalesce(e.side_effect, false) as therapy,
  coalesce(case when professional then l.place_of_service in ('21', '51', '61') else bill in ('11', '18', '21', '41') end, false) as inpatient,
  coalesce(case when professional then l.place_of_service in ('11','19','22','23','24','49','50','62','65','71','72') else bill in ('12','13','14','22','23','83','85') or bill between '70' and '79' end, false) as outpatient,
  case when l.procedure_code is null or l.procedure_code in ('J3490','J3590','J7599','J7699','J7799','J7999','J8498','J8499','J8597','J8999','J9999','C9399') then lower(l.description) end as words,
  l.service_date >= '2014-07-22' as v2014,
  coalesce(c.facility_professional, false) and professional and facility_place and v2014 as fac1,
  coalesce(c.incidental, false) and not professional and not home and l.service_date >= '2018-05-19' and not coalesce(e.primary_reason, false) as asks_fac7,
  v2014 and professional and coalesce(l.place_of_service = '11', false) and (coalesce(c.office_supply, false) or coalesce(e.office_kind, false) or coalesce(regexp_matches(words, '\b(flush|flushes|hep lock|heplock|heparin lock|saline lock|iv start|iv insertion|start of iv|insertion of iv|local anesthesia)\b'), false)) as asks_off2,
  v2014 and home and (coalesce(c.home_supply, false) or coalesce(e.home_kind, false)) as asks_hom4,
  v2014 and coalesce(c.visit, false) and professional and not facility_place and not coalesce(regexp_matches(l.modifiers, '\b25\b'), false) as asks_gen2,
  (coalesce(c.office_supply or c.home_supply, false) or coalesce(l.revenue_code between '0270' and '0273' or l.revenue_code = '0279' or l.revenue_code between '0290' and '0299' or l.revenue_code in ('0623', '0624'), false)) and inpatient as asks_fac3,
  coalesce(c.cod1, false) and l.service_date >= '2018-04-15' as cod1,
  coalesce(c.cod2, false) and l.service_date >= '2017-10-17' as cod2,
  case when v2014 and e.dose is not null and not coalesce(regexp_matches(l.modifiers, '\bJW\b'), false) then ceil(e.dose / c.per_unit) end as dose_units
from read_parquet($claims) l
left join code c on l.procedure_code = c.x
left join item_evidence e on l.claim_id = e.claim_id and l.line_number = e.line_number
where l.claim_form in ('cms1500', 'ub04') and l.service_date >= '2010-07-15'
  and (l.service_date >= '2014-07-22' or not coalesce(case when l.claim_form = 'cms1500' then l.place_of_service in ('11', '12') else substr(l.type_of_bill, 1, 2) in ('32', '33', '34') end, false));

-- Days are equal where no line of the claim has several; where one has, they have to meet.
create temp table spanned as
select distinct claim_id from line where last_day > service_date;

create temp table day as
select o.claim_id, o.service_date, o.last_day,
  count(*) filter (o.infusion) as infusions,
  count(*) filter (o.primary_service) as primaries,
  count(*) filter (o.dialysis) as dialyses,
  count(*) filter (o.per_diem) as per_diems,
  min(o.line_number) filter (o.fee) as first_fee,
  list(o.line_number) filter (o.therapy) as therapies,
  list(struct_pack(p := o.rendering_provider, n := o.line_number)) filter (o.injection and o.rendering_provider is not null) as injections
from line o anti join spanned using (claim_id)
where infusion or primary_service or dialysis or per_diem or fee
group by all
union all
select d.claim_id, d.service_date, d.last_day,
  count(*) filter (o.infusion) as infusions,
  count(*) filter (o.primary_service) as primaries,
  count(*) filter (o.dialysis) as dialyses,
  count(*) filter (o.per_diem) as per_diems,
  min(o.line_number) filter (o.fee) as first_fee,
  list(o.line_number) filter (o.therapy) as therapies,
  list(struct_pack(p := o.rendering_provider, n := o.line_number)) filter (o.injection and o.rendering_provider is not null) as injections
from (select distinct claim_id, service_date, last_day from line semi join spanned using (claim_id)) d
join line o on o.claim_id = d.claim_id and o.service_date <= d.last_day and d.service_date <= o.last_day
where infusion or primary_service or dialysis or per_diem or fee
group by all;

create temp table stay as
select claim_id, min(line_number) as first_iv, max(line_number) as last_iv
from line where iv group by claim_id;

copy (
  select claim_id, line_number,
    case when fac1 or hom3 or not11 then 'denied'
         when fac7 or off2 or hom4 or gen2 or cod1 or cod2 or not10 or fac3 then 'bundled'
         when bil4 is not null or not11_units is not null then 'reduced' else 'none' end as outcome,
    list_filter([
      case when fac1 then 'R14-FAC-1' end, case when hom3 then 'R14-HOM-3' end,
      case when not11 or not11_units is not null then 'R14-NOT-11' end,
      case when fac7 then 'R14-FAC-7' end, case when off2 then 'R14-OFF-2' end,
      case when hom4 then 'R14-HOM-4' end, case when gen2 then 'R14-GEN-2' end,
      case when cod1 then 'R14-COD-1' end, case when cod2 then 'R14-COD-2' end,
      case when not10 then 'R14-NOT-10' end, case when fac3 then 'R14-FAC-3' end,
      case when bil4 is not null then 'R14-BIL-4' end], lambda k: k is not null) as clauses,
    case when outcome = 'reduced' then least(bil4, not11_units) end as allowed_units
  from (
    select l.claim_id, l.line_number, fac1, cod1, cod2,
      asks_fac7 and coalesce(d.primaries, 0) > primary_service::int as fac7,
      asks_off2 and coalesce(d.infusions, 0) > infusion::int as off2,
      asks_hom4 and coalesce(d.per_diems, 0) > per_diem::int as hom4,
      asks_gen2 and coalesce(len(list_filter(d.injections, lambda i: i.p = rendering_provider and i.n <> l.line_number)) > 0, false) as gen2,
      asks_fac3 and coalesce(s.first_iv <> l.line_number or s.last_iv <> l.line_number, false) as fac3,
      fee and (bill = '72' or coalesce(d.dialyses, 0) > dialysis::int) as not10,
      fee and outpatient and coalesce(d.first_fee < l.line_number, false) as not11,
      case when fee and outpatient and not not11 and units > 1 then 1 end as not11_units,
      case when therapy then len(list_filter(d.therapies, lambda n: n < l.line_number)) else 0 end as earlier,
      earlier > 0 and l.service_date >= '2015-06-16' and (not coalesce(regexp_matches(modifiers, '\b59\b'), false)
        or (earlier = 1 and not regexp_matches(modifiers, '\bSH\b'))
        or (earlier > 1 and not regexp_matches(modifiers, '\bSJ\b'))) as hom3,
      case when units > dose_units then dose_units end as bil4
    from line l
    left join day d on l.claim_id = d.claim_id and l.service_date = d.service_date and l.last_day = d.last_day
    left join stay s on l.claim_id = s.claim_id
  )
) to $output (format parquet);
